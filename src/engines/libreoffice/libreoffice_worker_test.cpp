#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "../../../tests/support/engine_run.hpp"
#include "engines/libreoffice/samples.hpp"

/// The engine's plans carried out: the real resident worker and the real Poppler, in the jail this machine can give.
namespace recast::engines {

Result<> register_libreoffice(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using libreoffice::docx_sample;
using libreoffice::odt_sample;
using libreoffice::pptx_sample;
using libreoffice::xlsx_sample;
using testing::HasSubstr;
using testing::Not;

using test::output_of;

std::string text_of(const fs::path& pdf) { return output_of("pdftotext -layout " + pdf.string() + " -"); }

class Office : public testing::Test {
 protected:
  static test::EngineRun& office() {
    static test::EngineRun one(&register_libreoffice);
    return one;
  }
  void SetUp() override {
    if (!fs::exists(test::binaries() / "recast-worker-office")) GTEST_SKIP() << "recast-worker-office is not built";
  }

  static Result<std::vector<fs::path>> convert(const std::string& bytes, const std::string& from, const std::string& to,
                                               const json::object& options = {}) {
    return office().convert_bytes(bytes, from, to, options);
  }

  /// The one output; a test failure and an empty path if there is none.
  static fs::path converted(const std::string& bytes, const std::string& from, const std::string& to,
                            json::object options = {}) {
    const auto result = convert(bytes, from, to, std::move(options));
    EXPECT_TRUE(result) << from << " to " << to << ": " << result.error().message;
    return result && result->size() == 1 ? result->front() : fs::path();
  }

  static Error failure(const std::string& bytes, const std::string& from, const std::string& to,
                       json::object options = {}) {
    const auto result = convert(bytes, from, to, std::move(options));
    EXPECT_FALSE(result) << from << " to " << to << " should fail";
    return result ? Error{} : result.error();
  }
};

TEST_F(Office, ConvertsEachFamilyToPdfWithTextAndEmbeddedFonts) {
  EXPECT_THAT(office().version(), testing::MatchesRegex("[0-9]+[.][0-9.]+"));
  constexpr std::string_view kText = "Grüße 漢&";
  for (const auto& [from, bytes] : {std::pair{"docx", docx_sample(kText)},
                                    {"xlsx", xlsx_sample(kText)},
                                    {"pptx", pptx_sample(kText)},
                                    {"odt", odt_sample(kText)}}) {
    const auto pdf = converted(bytes, from, "pdf");
    // Between two fonts pdftotext may see a blank.
    EXPECT_THAT(text_of(pdf), testing::AnyOf(HasSubstr(std::string(kText)), HasSubstr("Grüße 漢 &"))) << from;
    EXPECT_THAT(output_of("pdffonts " + pdf.string()), HasSubstr("yes yes yes")) << from;
  }
}

TEST_F(Office, PrintsOnA4AndKeepsPictures) {
  EXPECT_THAT(output_of("pdfinfo " + converted(odt_sample("text"), "odt", "pdf").string()), HasSubstr("A4"));
  EXPECT_THAT(output_of("pdfinfo " + converted("text", "txt", "pdf").string()), HasSubstr("A4"));
  const auto pdf = converted(docx_sample("text"), "docx", "pdf");
  EXPECT_THAT(output_of("pdfimages -list " + pdf.string()), HasSubstr("image"));
}

TEST_F(Office, ConvertsWithinFamiliesAndBack) {
  for (const auto* const to : {"odt", "doc", "rtf", "docm", "fodt"}) {
    const auto there = converted(docx_sample("round trip"), "docx", to);
    const auto back = converted(test::read_file(there), to, "txt");
    EXPECT_THAT(test::read_file(back), HasSubstr("round trip")) << to;
  }
  for (const auto* const to : {"ods", "xls", "xlsm"}) {
    const auto there = converted(xlsx_sample("round trip"), "xlsx", to);
    EXPECT_THAT(test::read_file(converted(test::read_file(there), to, "csv")), HasSubstr("Sum,19.5")) << to;
  }
  for (const auto* const to : {"odp", "ppt", "ppsx", "odg"}) {
    const auto there = converted(pptx_sample("round trip"), "pptx", to);
    EXPECT_THAT(text_of(converted(test::read_file(there), to, "pdf")), HasSubstr("round trip")) << to;
  }
  EXPECT_THAT(test::read_file(converted(docx_sample("a page"), "docx", "html")),
              testing::AllOf(HasSubstr("a page"), HasSubstr("data:image/")));
}

TEST_F(Office, ShowsTrackedChangesAndCommentsOnlyIfAsked) {
  const std::string text =
      R"({\rtf1\ansi{\*\revtbl{Unknown;}{Ann;}}It stays{\deleted\revauthdel1  gone}{\revised\revauth1  new})"
      R"({\*\atnid A}{\*\atnauthor Ann}{\chatn}{\*\annotation{\*\atndate 1}\pard\plain a remark}.\par})";
  const auto plain = converted(text, "rtf", "pdf");
  EXPECT_THAT(text_of(plain), testing::AllOf(HasSubstr("It stays new"), Not(HasSubstr("gone"))));
  EXPECT_THAT(test::read_file(plain), Not(HasSubstr("/Popup")));
  const auto marked = converted(text, "rtf", "pdf", {{"include_markup", true}});
  EXPECT_THAT(text_of(marked), testing::AllOf(HasSubstr("gone"), HasSubstr("new")));
  EXPECT_THAT(test::read_file(marked), HasSubstr("/Popup"));
  EXPECT_THAT(test::read_file(converted(text, "rtf", "txt")), testing::AllOf(HasSubstr("new"), Not(HasSubstr("gone"))));
  EXPECT_THAT(test::read_file(converted(text, "rtf", "fodt")), testing::AllOf(HasSubstr("new"), HasSubstr("gone")));
}

/// A text with a deletion over two paragraphs that may not be accepted, for the document forbids to `edit` it
/// otherwise.
std::string protected_docx(const std::string& edit) {
  const std::string head = R"(<?xml version="1.0"?>)",
                    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    packages = "http://schemas.openxmlformats.org/package/2006/",
                    type = "application/vnd.openxmlformats-officedocument.wordprocessingml.";
  const auto relation = [&](const std::string& kind, const std::string& target) {
    return head + "<Relationships xmlns=\"" + packages + "relationships\"><Relationship Id=\"r1\" Type=\"" + office +
           "/" + kind + "\" Target=\"" + target + "\"/></Relationships>";
  };
  const std::string deleted =
      R"(<w:del w:id="1" w:author="Ann" w:date="2020-01-01T00:00:00Z"><w:r><w:delText>gone</w:delText></w:r></w:del>)";
  const std::vector<std::pair<std::string_view, std::string>> members = {
      {"[Content_Types].xml", head + "<Types xmlns=\"" + packages +
                                  "content-types\"><Default Extension=\"rels\" "
                                  "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                                  "<Override PartName=\"/word/document.xml\" ContentType=\"" +
                                  type +
                                  "document.main+xml\"/><Override PartName=\"/word/settings.xml\" ContentType=\"" +
                                  type + "settings+xml\"/></Types>"},
      {"_rels/.rels", relation("officeDocument", "word/document.xml")},
      {"word/_rels/document.xml.rels", relation("settings", "settings.xml")},
      {"word/document.xml", head + "<w:document xmlns:w=\"" + word +
                                "\"><w:body><w:p><w:pPr><w:rPr><w:del w:id=\"2\" w:author=\"Ann\"/></w:rPr></w:pPr>"
                                "<w:r><w:t>It stays</w:t></w:r>" +
                                deleted + "</w:p><w:p>" + deleted +
                                "<w:r><w:t>, too</w:t></w:r></w:p></w:body></w:document>"},
      {"word/settings.xml", head + "<w:settings xmlns:w=\"" + word + "\"><w:documentProtection w:edit=\"" + edit +
                                "\" w:enforcement=\"1\"/></w:settings>"},
  };
  return libreoffice::stored_zip(members);
}

TEST_F(Office, LeavesNoDeletedTextInDocumentsThatForbidChanges) {
  for (const auto* const edit : {"trackedChanges", "readOnly"}) {
    const auto document = protected_docx(edit);
    const auto clean = testing::AllOf(HasSubstr("It stays"), HasSubstr("too"), Not(HasSubstr("gone")));
    EXPECT_THAT(test::read_file(converted(document, "docx", "txt")), clean) << edit;
    EXPECT_THAT(text_of(converted(document, "docx", "pdf")), clean) << edit;
    EXPECT_THAT(text_of(converted(document, "docx", "pdf", {{"include_markup", true}})), HasSubstr("gone")) << edit;
  }
}

TEST_F(Office, ReadsTextInAnyEncodingAndAnySeparator) {
  EXPECT_THAT(text_of(converted("na\xEFve caf\xE9 \x96 r\xE9sum\xE9 d\xE9j\xE0 vu, fa\xE7"
                                "ade",
                                "txt", "pdf")),
              HasSubstr("naïve café – résumé"));
  EXPECT_THAT(text_of(converted(std::string("\xFF\xFEH\0i\0 \0\xE4\0", 10), "txt", "pdf")), HasSubstr("Hi ä"));
  EXPECT_EQ(test::read_file(converted("a;b\n\"1;5\";2\n", "csv", "csv")), "a,b\n1;5,2\n");
  EXPECT_EQ(test::read_file(converted("a\tb,c\n1\t2\n", "tsv", "csv", {{"separator", ";"}})), "a;b,c\n1;2\n");
  // A formula in a text sheet stays text, and a date is not made of a fraction.
  EXPECT_EQ(test::read_file(converted("=1+1,1/2\n", "csv", "csv")), "=1+1,1/2\n");
}

TEST_F(Office, WritesTheFirstSheetOrEachSheetOrThoseNamed) {
  const auto workbook = xlsx_sample("first");
  EXPECT_THAT(test::read_file(converted(workbook, "xlsx", "csv")), HasSubstr("first,12.5"));
  const auto all = convert(workbook, "xlsx", "csv", {{"all_sheets", true}});
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(test::read_file((*all)[1]), "On the second sheet\n");
  EXPECT_EQ(test::read_file(converted(workbook, "xlsx", "csv", {{"sheets", {"Second"}}})), "On the second sheet\n");
  EXPECT_THAT(text_of(converted(workbook, "xlsx", "pdf", {{"sheets", {"2"}}})),
              testing::AllOf(HasSubstr("second sheet"), Not(HasSubstr("12.5"))));
  EXPECT_THAT(text_of(converted(workbook, "xlsx", "pdf", {{"single_page", true}})), HasSubstr("12.5"));
  EXPECT_THAT(failure(workbook, "xlsx", "pdf", {{"sheets", {"Third"}}}).message, HasSubstr("no sheet \"Third\""));
}

TEST_F(Office, MakesSlidesHandoutsNotesAndOutlines) {
  const auto slides = pptx_sample("the point");
  const auto pages = [](const fs::path& pdf) { return output_of("pdfinfo " + pdf.string() + " | grep Pages:"); };
  EXPECT_THAT(pages(converted(slides, "pptx", "pdf")), HasSubstr(" 2\n"));
  EXPECT_THAT(pages(converted(slides, "pptx", "pdf", {{"pages", "2"}})), HasSubstr(" 1\n"));
  EXPECT_THAT(pages(converted(slides, "pptx", "pdf", {{"pages", "2-9"}})), HasSubstr(" 1\n"));
  EXPECT_THAT(pages(converted(docx_sample("x"), "docx", "pdf", {{"pages", "1-9"}})), HasSubstr(" 1\n"));
  const auto handouts = converted(slides, "pptx", "pdf", {{"output_type", "handouts"}, {"slides_per_handout_page", 3}});
  EXPECT_THAT(pages(handouts), HasSubstr(" 1\n"));
  EXPECT_THAT(text_of(handouts), testing::AllOf(HasSubstr("First slide"), HasSubstr("the point")));
  EXPECT_THAT(output_of("pdfinfo " + handouts.string()), HasSubstr("A4"));
  const auto outline = converted(slides, "pptx", "pdf", {{"output_type", "outline"}, {"pages", "2"}});
  EXPECT_THAT(text_of(outline),
              testing::AllOf(HasSubstr("Second slide"), HasSubstr("the point"), Not(HasSubstr("First"))));
  EXPECT_THAT(pages(converted(slides, "pptx", "pdf", {{"output_type", "notes"}})), HasSubstr(" 2\n"));
  EXPECT_EQ(failure(slides, "pptx", "pdf", {{"pages", "7"}}).message, "There is no such page.");
}

TEST_F(Office, DrawsPagesInExactlyTheWantedPixels) {
  const auto slides = pptx_sample("a picture");
  const auto sizes = [](const Result<std::vector<fs::path>>& files) {
    std::string text;
    for (const auto& file : files.value()) text += output_of("file -b " + file.string());
    return text;
  };
  const auto all = convert(slides, "pptx", "png");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(all->size(), 2U);
  EXPECT_THAT(sizes(all), HasSubstr("1500 x 1125"));
  EXPECT_THAT(sizes(convert(slides, "pptx", "png", {{"pages", "1"}, {"width", 800}})), HasSubstr("800 x 600"));
  EXPECT_THAT(sizes(convert(slides, "pptx", "png", {{"pages", "1"}, {"width", 9000}})), HasSubstr("1500 x 1125"));
  EXPECT_THAT(sizes(convert(slides, "pptx", "png", {{"pages", "1"}, {"width", 300}, {"height", 300}, {"fit", "crop"}})),
              HasSubstr("300 x 300"));
  EXPECT_THAT(sizes(convert(slides, "pptx", "jpg",
                            {{"pages", "1"}, {"width", 200}, {"height", 333}, {"fit", "scale"}, {"quality", 40}})),
              HasSubstr("200x333"));
}

TEST_F(Office, EncryptsWithThePasswordWhatWasNotProtected) {
  const auto pdf = converted(docx_sample("secret"), "docx", "pdf", {{"password", "let me in"}});
  EXPECT_THAT(output_of("pdfinfo " + pdf.string()), HasSubstr("Incorrect password"));
  EXPECT_THAT(output_of("pdfinfo -upw 'let me in' " + pdf.string()), HasSubstr("AES-256"));
  EXPECT_EQ(failure(docx_sample("x"), "docx", "pdf", {{"password", "p"}, {"pdf_a", true}}).code,
            ErrorCode::conversion_failed);
}

TEST_F(Office, WritesPdfAAndSmallerImagesAndBookmarks) {
  EXPECT_THAT(test::read_file(converted(docx_sample("archive"), "docx", "pdf", {{"pdf_a", true}})),
              HasSubstr("pdfaid"));
  const auto with = test::read_file(converted(docx_sample("x"), "docx", "pdf", {{"bookmarks", true}}));
  const auto without = test::read_file(converted(docx_sample("x"), "docx", "pdf"));
  EXPECT_THAT(with, HasSubstr("/Outlines"));
  EXPECT_THAT(without, Not(HasSubstr("/Outlines")));
}

TEST_F(Office, RefusesWhatIsNotTheFormatItClaims) {
  std::string noise;
  for (unsigned i = 0, state_of_noise = 7; i < 5000; ++i)
    noise += static_cast<char>((state_of_noise = state_of_noise * 1103515245 + 12345) >> 16);
  const auto whole = docx_sample("whole");
  for (const auto& [from, bytes] : {std::pair{"docx", std::string()},
                                    {"docx", noise},
                                    {"xls", noise},
                                    {"ppt", noise},
                                    {"odt", std::string("plain text")},
                                    {"docx", whole.substr(0, whole.size() / 2)},
                                    {"pptx", whole},
                                    {"docx", std::string("%PDF-1.4\n%%EOF\n")}}) {
    const auto error = failure(bytes, from, from == std::string("pptx") ? "odp" : "pdf");
    EXPECT_EQ(error.code, ErrorCode::open_failed) << from << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr("could not be opened as")) << from;
  }
}

TEST_F(Office, OpensWrongNamesOfTheSameFamily) {
  EXPECT_THAT(text_of(converted(docx_sample("in fact docx"), "doc", "pdf")), HasSubstr("in fact docx"));
  EXPECT_THAT(text_of(converted("<table><tr><td>in fact html</td></tr></table>", "xls", "pdf")),
              HasSubstr("in fact html"));
}

TEST_F(Office, ConvertsTheWholeCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  for (const auto* const folder : {"document", "spreadsheet", "presentation"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(corpus) / folder)) {
      const auto from = entry.path().extension().string().substr(1);
      const auto result = convert(test::read_file(entry.path()), from, "pdf");
      if (!result && result.error().code == ErrorCode::invalid_conversion_type) continue;
      if (!result) {
        std::printf("%s: %s\n", entry.path().filename().c_str(), result.error().message.c_str());
        EXPECT_EQ(result.error().code, ErrorCode::open_failed) << entry.path();
      }
    }
  }
}

}  // namespace
}  // namespace recast::engines
