#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"

/// The engine's plans carried out by the real resident worker, in the jail this machine can give.
namespace recast::engines {

Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::output_of;
using test::page_sizes;
using test::pdf_of;
using testing::HasSubstr;

class JailedQpdf : public testing::Test {
 protected:
  static test::EngineRun& qpdf() {
    static test::EngineRun one(&register_qpdf);
    return one;
  }
  static Result<operation::Executed> run(const std::string& operation, const std::vector<std::string>& inputs,
                                         const json::object& options = {}, json::object* report = nullptr) {
    std::vector<fs::path> files;
    static int number = 0;
    for (const auto& input : inputs)
      files.push_back(qpdf().folder().write("qpdf-" + std::to_string(++number) + ".pdf", input));
    return qpdf().run({.operation = operation,
                       .from = {},
                       .to = operation == "merge" ? "pdf" : "",
                       .files = files,
                       .options = options,
                       .report = report});
  }
  static fs::path only(const Result<operation::Executed>& done) {
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_TRUE(!done || done->files.size() == 1);
    return done && !done->files.empty() ? done->files.front() : fs::path();
  }
  static std::string text_of(const fs::path& pdf, const std::string& flags = {}) {
    return output_of("pdftotext " + flags + " " + pdf.string() + " -");
  }
};

TEST_F(JailedQpdf, TellsTheVersionOfItsLibrary) {
  EXPECT_THAT(qpdf().version(), testing::MatchesRegex("[0-9]+[.][0-9]+[.][0-9]+"));
}

TEST_F(JailedQpdf, DoesItsProbe) {
  const auto& probe = qpdf().engine().info().probe;
  const auto done = run(probe.operation, {probe.content}, probe.options);
  EXPECT_EQ(page_sizes(test::read_file(only(done))).at(0).width, 100);  // 200 x 100, turned
}

TEST_F(JailedQpdf, MergesInOrder) {
  const auto merged = only(run("merge", {pdf_of(2), pdf_of(1)}));
  EXPECT_EQ(page_sizes(test::read_file(merged)).size(), 3u);
  EXPECT_THAT(text_of(merged), testing::ContainsRegex("page 1[^p]*page 2[^p]*page 1"));
}

TEST_F(JailedQpdf, MergesAsManyFilesAsItSays) {
  const auto merged = only(run("merge", std::vector<std::string>(150, pdf_of(1))));
  EXPECT_EQ(page_sizes(test::read_file(merged)).size(), 150u);
}

TEST_F(JailedQpdf, SplitsAThousandPagesInOrder) {
  const auto done = run("pdf/split-pages", {pdf_of(1000)});
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(done->files.size(), 1000u);
  EXPECT_THAT(text_of(done->files.at(9)), HasSubstr("page 10"));
  EXPECT_THAT(text_of(done->files.at(999)), HasSubstr("page 1000"));
}

TEST_F(JailedQpdf, ExtractsInTheOrderOfTheList) {
  EXPECT_THAT(text_of(only(run("pdf/extract-pages", {pdf_of(4)}, {{"pages", "4,2"}}))),
              testing::ContainsRegex("page 4[^p]*page 2"));
}

TEST_F(JailedQpdf, EncryptsAndDecrypts) {
  const auto locked = only(run("pdf/encrypt", {pdf_of(1)}, {{"set_password", "open"}, {"allow_print", "low"}}));
  EXPECT_THAT(text_of(locked), HasSubstr("Incorrect password"));
  EXPECT_THAT(output_of("pdfinfo -upw open " + locked.string()),
              HasSubstr("print:yes copy:no change:yes addNotes:yes algorithm:AES-256"));
  const auto bytes = test::read_file(locked);
  EXPECT_THAT(text_of(only(run("pdf/decrypt", {bytes}, {{"password", "open"}}))), HasSubstr("page 1"));
  const auto wrong = run("pdf/decrypt", {bytes}, {{"password", "shut"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::open_failed);
  EXPECT_EQ(wrong.error().field, "password");
}

TEST_F(JailedQpdf, OpensTheEncryptionOfOthers) {
  const auto other = from_base64(test::kEncryptedPdf);
  ASSERT_TRUE(other);
  EXPECT_THAT(text_of(only(run("pdf/decrypt", {*other}, {{"password", "secret"}}))), HasSubstr("Recast"));
}

TEST_F(JailedQpdf, NamesNoPasswordInItsReport) {
  json::object report;
  only(run("pdf/encrypt", {pdf_of(1)}, {{"set_password", "very-secret"}}, &report));
  EXPECT_THAT(json::serialize(report), testing::Not(HasSubstr("very-secret")));
  EXPECT_THAT(json::serialize(report), HasSubstr("qpdf"));
}

TEST_F(JailedQpdf, SaysWhatIsWrong) {
  EXPECT_EQ(run("pdf/split-pages", {"no PDF at all"}).error().code, ErrorCode::open_failed);
  EXPECT_EQ(run("pdf/extract-pages", {pdf_of(2)}, {{"pages", "3"}}).error().message, "no such page");
}

// Pictures that do not compress, 300 MB in all: what the worker holds in memory is one of them at a time.
TEST_F(JailedQpdf, HoldsLittleOfALargeResultInMemory) {
  constexpr int kPages = 20;
  constexpr std::size_t kPicture = 8 << 20;
  std::string noise(kPicture, '\0');
  std::uint32_t state = 1;
  for (auto& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>", ""};
  std::string kids;
  for (int page = 0; page < kPages; ++page) {
    kids += std::to_string(objects.size() + 1) + " 0 R ";
    objects.push_back("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</I " +
                      std::to_string(objects.size() + 2) + " 0 R>>>>>>");
    noise[0] = static_cast<char>(page);
    objects.push_back(
        "<</Subtype/Image/Width 2048/Height 4096/BitsPerComponent 8/ColorSpace/DeviceGray/Filter"
        "/FlateDecode/Length " +
        std::to_string(noise.size()) + ">>stream\n" + noise + "\nendstream");
  }
  objects[1] = "<</Type/Pages/Kids[" + kids + "]/Count " + std::to_string(kPages) + ">>";
  const auto big = test::pdf_of_objects(objects);
  json::object report;
  const auto merged = only(run("merge", {big, big}, {}, &report));
  EXPECT_GT(fs::file_size(merged), 300u << 20);
  const auto peak = report.at("steps").as_array().at(0).at("peak_memory").to_number<std::uint64_t>();
#ifdef __SANITIZE_ADDRESS__
  constexpr std::uint64_t kMost = 400u << 20;  // it keeps 256 MB that were given back already
#else
  constexpr std::uint64_t kMost = 150u << 20;
#endif
  EXPECT_LT(peak, kMost) << "peak of the worker's child";
}

}  // namespace
}  // namespace recast::engines
