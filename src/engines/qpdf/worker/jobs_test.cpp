#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engines/qpdf/worker/test_job.hpp"

namespace recast::engines::qpdf {
namespace {

namespace json = worker::json;

using test::parts_of;
using test::pdf_of;
using test::pdf_of_objects;
using test::Reopened;
using test::run;
using testing::HasSubstr;

int turned(const Reopened& document, std::size_t page) {
  auto angle = document.page(page).getKey("/Rotate");
  return angle.isInteger() ? angle.getIntValueAsInt() : 0;
}

TEST(Split, MakesOneDocumentOfEachPage) {
  const auto parts = parts_of(run("pdf/split-pages", {pdf_of(3)}));
  ASSERT_EQ(parts.size(), 3u);
  for (std::size_t at = 0; at < parts.size(); ++at) {
    const Reopened part(parts[at]);
    ASSERT_EQ(part.pages(), 1u);
    EXPECT_THAT(part.content(0), HasSubstr("page " + std::to_string(at + 1)));
  }
}

TEST(Split, RefusesMorePagesThanFilesAreAllowed) {
  const auto result = run("pdf/split-pages", {pdf_of(1201)});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::output_limit);
}

TEST(Split, LeavesOutWhatOtherPagesShow) {
  const auto stream = [&](const std::string& text) {
    return "<</Length " + std::to_string(text.size()) + ">>stream\n" + text + "\nendstream";
  };
  const auto picture = [&](const std::string& bytes) {
    return "<</Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/ASCIIHexDecode/Length " +
           std::to_string(bytes.size()) + ">>stream\n" + bytes + "\nendstream";
  };
  std::string hex;
  std::uint32_t noise = 1;  // does not compress to nothing
  for (int i = 0; i < 20'000; ++i) hex += std::to_string(10 + ((noise = noise * 1664525 + 1013904223) >> 16) % 90);
  const std::string page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources 7 0 R/Contents ";
  const auto pdf = pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
                                   page + "5 0 R>>", page + "6 0 R>>", stream("/Big Do"), stream("/Small Do"),
                                   "<</XObject<</Big 8 0 R/Small 9 0 R>>>>", picture(hex + ">"), picture("00>")});
  const auto parts = parts_of(run("pdf/split-pages", {pdf}));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_GT(parts[0].size(), 10'000u);
  EXPECT_LT(parts[1].size(), 5'000u);
}

TEST(Extract, TakesPagesInTheOrderOfTheListAndAsOftenAsItSays) {
  const Reopened result(run("pdf/extract-pages", {pdf_of(5)}, {{"pages", "4-,1,1,9"}}));
  std::vector<std::string> contents;
  for (std::size_t at = 0; at < result.pages(); ++at) contents.push_back(result.content(at));
  EXPECT_THAT(contents,
              testing::ElementsAre(HasSubstr("page 4"), HasSubstr("page 5"), HasSubstr("page 1"), HasSubstr("page 1")));
  EXPECT_NE(result.page(2).getObjGen(), result.page(3).getObjGen());
}

TEST(Extract, SaysWhenThereIsNoSuchPage) {
  const auto result = run("pdf/extract-pages", {pdf_of(2)}, {{"pages", "3-5"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::conversion_failed);
  EXPECT_EQ(result.error().field, "pages");
  EXPECT_EQ(result.error().message, "no such page");
}

TEST(Extract, RefusesListsThatNameTooManyPages) {
  std::string pages = "1-";
  for (int i = 0; i < 200; ++i) pages += ",1-";
  const auto result = run("pdf/extract-pages", {pdf_of(1000)}, {{"pages", pages}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::page_limit);
}

TEST(Rotate, TurnsOnTopOfWhatAPageIsTurned) {
  const auto once = run("pdf/rotate-pages", {pdf_of(3)}, {{"rotation", "+90"}, {"pages", "2-,2"}});
  const Reopened first(once);
  EXPECT_EQ(turned(first, 0), 0);
  EXPECT_EQ(turned(first, 1), 90);
  EXPECT_EQ(turned(first, 2), 90);
  const Reopened twice(run("pdf/rotate-pages", {*once}, {{"rotation", "90"}}));
  EXPECT_EQ(turned(twice, 0), 90);
  EXPECT_EQ(turned(twice, 1), 180);
  const Reopened back(run("pdf/rotate-pages", {*once}, {{"rotation", "-90"}}));
  EXPECT_EQ(turned(back, 0), 270);
  EXPECT_EQ(turned(back, 1), 0);
  EXPECT_EQ(run("pdf/rotate-pages", {*once}, {{"rotation", "180"}, {"pages", "7"}}).error().field, "pages");
}

TEST(Rotate, TurnsPagesThatInheritTheirTurn) {
  const auto pdf = pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/Rotate 90>>",
                                   "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"});
  EXPECT_EQ(turned(Reopened(run("pdf/rotate-pages", {pdf}, {{"rotation", "+90"}})), 0), 180);
}

TEST(Encrypt, UsesAes256AndBothPasswords) {
  const auto bytes = run("pdf/encrypt", {pdf_of(1)}, {{"set_password", "ä\"öffne "}, {"set_owner_password", "own"}});
  EXPECT_THROW(Reopened{bytes}, QPDFExc);
  Reopened user(bytes, "ä\"öffne ");
  int revision = 0, permissions = 0, version = 0;
  QPDF::encryption_method_e streams{}, strings{}, files{};
  ASSERT_TRUE(user->isEncrypted(revision, permissions, version, streams, strings, files));
  EXPECT_EQ(revision, 6);
  EXPECT_EQ(streams, QPDF::e_aesv3);
  EXPECT_TRUE(user->userPasswordMatched());
  EXPECT_FALSE(user->ownerPasswordMatched());
  EXPECT_TRUE(Reopened(bytes, "own")->ownerPasswordMatched());
  EXPECT_THAT(user.content(0), HasSubstr("page 1"));
}

TEST(Encrypt, WithoutAPasswordToOpenOnlyRestricts) {
  const Reopened result(run("pdf/encrypt", {pdf_of(1)}, {{"set_owner_password", "own"}}));
  EXPECT_TRUE(result->isEncrypted());
  EXPECT_FALSE(result->ownerPasswordMatched());
}

TEST(Encrypt, WithoutAnOwnersPasswordMakesOneThatIsNotEmpty) {
  const auto bytes = run("pdf/encrypt", {pdf_of(1)}, {{"set_password", "open"}});
  EXPECT_THROW(Reopened{bytes}, QPDFExc);
  EXPECT_FALSE(Reopened(bytes, "open")->ownerPasswordMatched());
}

struct Allowed {
  bool assembly, annotate, form, other;
  bool operator==(const Allowed&) const = default;
};

Allowed allowed_by(const char* modify) {
  Reopened result(run("pdf/encrypt", {pdf_of(1)}, {{"set_owner_password", "own"}, {"allow_modify", modify}}));
  return {result->allowModifyAssembly(), result->allowModifyAnnotation(), result->allowModifyForm(),
          result->allowModifyOther()};
}

TEST(Encrypt, AllowsWhatIsSaid) {
  EXPECT_EQ(allowed_by("all"), (Allowed{true, true, true, true}));
  EXPECT_EQ(allowed_by("annotate"), (Allowed{true, true, true, false}));
  EXPECT_EQ(allowed_by("form"), (Allowed{true, false, true, false}));
  EXPECT_EQ(allowed_by("assembly"), (Allowed{true, false, false, false}));
  EXPECT_EQ(allowed_by("none"), (Allowed{false, false, false, false}));
  Reopened usual(run("pdf/encrypt", {pdf_of(1)}, {{"set_owner_password", "own"}}));
  EXPECT_FALSE(usual->allowExtractAll());
  EXPECT_TRUE(usual->allowAccessibility());
  EXPECT_TRUE(usual->allowPrintHighRes());
  Reopened low(run("pdf/encrypt", {pdf_of(1)},
                   {{"set_owner_password", "own"}, {"allow_print", "low"}, {"allow_extract", true}}));
  EXPECT_TRUE(low->allowPrintLowRes());
  EXPECT_FALSE(low->allowPrintHighRes());
  EXPECT_TRUE(low->allowExtractAll());
  Reopened none(run("pdf/encrypt", {pdf_of(1)}, {{"set_owner_password", "own"}, {"allow_print", "none"}}));
  EXPECT_FALSE(none->allowPrintLowRes());
}

std::string encrypted() {
  return *run("pdf/encrypt", {pdf_of(2)}, {{"set_password", "open"}, {"set_owner_password", "own"}});
}

TEST(Decrypt, TakesEitherPassword) {
  for (const auto* const password : {"open", "own"}) {
    const Reopened result(run("pdf/decrypt", {encrypted()}, {{"password", password}}));
    EXPECT_FALSE(result->isEncrypted());
    EXPECT_THAT(result.content(1), HasSubstr("page 2"));
  }
}

TEST(Decrypt, RefusesAWrongOrMissingPassword) {
  for (const auto& options : {json::object{{"password", "wrong"}}, json::object{}}) {
    const auto result = run("pdf/decrypt", {encrypted()}, options);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::open_failed);
    EXPECT_EQ(result.error().field, "password");
    EXPECT_THAT(result.error().message, testing::Not(HasSubstr("wrong\"")));
  }
}

TEST(Decrypt, ReturnsWhatIsNotEncryptedUnchanged) {
  const auto plain = pdf_of(1) + "% trailing words\n";
  EXPECT_EQ(*run("pdf/decrypt", {plain}, {{"password", "any"}}), plain);
}

TEST(EveryJob, SaysThatADocumentNeedsItsPassword) {
  for (const auto* const job : {"merge", "pdf/split-pages", "pdf/encrypt"}) {
    const auto result = run(job, {encrypted(), encrypted()}, {{"set_password", "x"}});
    ASSERT_FALSE(result) << job;
    EXPECT_EQ(result.error().code, ErrorCode::open_failed) << job;
    EXPECT_THAT(result.error().message, HasSubstr("pdf/decrypt")) << job;
  }
}

TEST(EveryJob, KeepsTheRestrictionsOfADocumentThatOpens) {
  const auto restricted = *run("pdf/encrypt", {pdf_of(2)}, {{"set_owner_password", "own"}, {"allow_print", "none"}});
  const auto part = parts_of(run("pdf/split-pages", {restricted})).at(1);
  const auto some = *run("pdf/extract-pages", {restricted}, {{"pages", "2"}});
  const auto all = *run("pdf/rotate-pages", {restricted}, {{"rotation", "180"}});
  for (const auto& bytes : {part, some, all}) {
    Reopened result(bytes);
    EXPECT_TRUE(result->isEncrypted());
    EXPECT_FALSE(result->allowPrintLowRes());
    EXPECT_TRUE(Reopened(bytes, "own")->ownerPasswordMatched());
    EXPECT_THAT(result.content(result.pages() - 1), HasSubstr("page 2"));
  }
}

TEST(EveryJob, MendsABrokenCrossReference) {
  auto pdf = pdf_of(2);
  const auto at = pdf.find("startxref\n") + 10;
  pdf.replace(at, pdf.find('\n', at) - at, "7");
  json::object answer;
  const Reopened result(run("pdf/rotate-pages", {pdf}, {{"rotation", "90"}}, &answer));
  EXPECT_EQ(result.pages(), 2u);
  EXPECT_EQ(answer.at("pages"), 2);
  EXPECT_FALSE(answer.at("report").at("warnings").as_array().empty());
}

TEST(EveryJob, SaysWhatCannotBeRead) {
  const auto no_pages = pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"});
  const auto circle = pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>"});
  for (const auto& bytes : {std::string("%PDF-1.4\nnothing"), std::string(), no_pages, circle}) {
    for (const auto* const job :
         {"merge", "pdf/split-pages", "pdf/extract-pages", "pdf/rotate-pages", "pdf/encrypt", "pdf/decrypt"}) {
      const auto result = run(job, {bytes}, {{"pages", "1"}, {"rotation", "90"}, {"set_password", "x"}});
      ASSERT_FALSE(result) << job;
      EXPECT_EQ(result.error().code, ErrorCode::open_failed) << job << ": " << result.error().message;
    }
  }
}

TEST(EveryJob, IsKnownByName) {
  EXPECT_EQ(run("pdf/sign", {pdf_of(1)}).error().code, ErrorCode::internal);
  EXPECT_EQ(run("merge", {}).error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace recast::engines::qpdf
