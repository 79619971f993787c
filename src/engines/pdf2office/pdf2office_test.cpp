#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"

namespace recast::engines {
Result<> register_pdf2office(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const engine::Engine& the_engine() { return test::engine_of(&register_pdf2office); }

Result<engine::Plan> plan(std::string to, boost::json::object options = {}) {
  return the_engine().plan({.inputs = {"in/in-1.pdf"},
                            .from = "pdf",
                            .to = std::move(to),
                            .options = std::move(options),
                            .engine = {},
                            .install = {}});
}

TEST(PdfToOfficePlan, ASheetNeedsLettersAndLinesOnly) {
  const auto result = plan("xlsx", {{"non_table_content", true}, {"single_sheet", false}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 3U);
  EXPECT_THAT(test::line(*result, 0), ElementsAre("mutool", "convert", "-F", "stext", "-O", "inhibit-spaces", "-o",
                                                  "tmp/pages.stext", "in/in-1.pdf"));
  EXPECT_THAT(test::line(*result, 1),
              ElementsAre("mutool", "draw", "-q", "-i", "-F", "trace", "-o", "-", "in/in-1.pdf"));
  const auto& write = std::get<engine::WorkerStep>(result->steps[2].action);
  EXPECT_EQ(write.request.at("options").at("non_table_content"), true);
  EXPECT_EQ(write.request.at("options").at("single_sheet"), false);
  EXPECT_THAT(result->outputs, ElementsAre("out/out.xlsx"));
}

TEST(PdfToOfficePlan, FiguresAreCutByTheWorkersListAlone) {
  const auto result = plan("docx");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 10U);
  EXPECT_THAT(test::line(*result, 7),
              ElementsAre("xargs", "--arg-file", "tmp/crops", "--max-lines=1", "--no-run-if-empty", "pdftocairo",
                          "-png", "-singlefile", "in/in-1.pdf"));
  EXPECT_THAT(test::line(*result, 8), testing::Contains("--owner=0")) << "ustar has no room for the jail's users";
  EXPECT_EQ(plan("md")->steps.size(), 7U) << "Markdown has no pictures";
}

TEST(PdfToOfficePlan, KeepsThePasswordOutOfEveryCommandLine) {
  for (const auto* const to : {"xlsx", "docx"}) {
    const auto result = plan(to, {{"password", "s p"}, {"pages", "2-"}});
    ASSERT_TRUE(result) << result.error().message;
    const auto& open = std::get<engine::WorkerStep>(result->steps.at(0).action);
    EXPECT_EQ(open.request.at("options").at("password"), "s p");
    const auto& choose = std::get<engine::WorkerStep>(result->steps.at(1).action);
    EXPECT_THAT(choose.inputs, ElementsAre(open.outputs.at(0)));
    EXPECT_EQ(choose.request.at("options").at("pages"), "2-");
    const auto& write = std::get<engine::WorkerStep>(result->steps.back().action);
    EXPECT_THAT(boost::json::serialize(write.request), Not(HasSubstr("s p")));
    EXPECT_EQ(test::line(*result, 2).back(), choose.outputs.at(0));
  }
}

TEST(PdfToOfficePlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("xlsx", {{"pages", "x"}}).error().field, "pages");
  EXPECT_EQ(plan("xlsx", {{"single_sheet", "perhaps"}}).error().field, "single_sheet");
  EXPECT_FALSE(the_engine().has_option("convert", "pdf", "docx", "single_sheet"));
  EXPECT_EQ(plan("pptm").error().code, ErrorCode::invalid_conversion_type);
}

std::string stream(std::string_view content, std::string_view entries = {}) {
  return fmt::format("<<{}/Length {}>>stream\n{}\nendstream", entries, content.size(), content);
}

std::string text_at(int x, int y, std::string_view text, int size = 10) {
  return fmt::format("BT /F {} Tf {} {} Td ({}) Tj ET\n", size, x, y, text);
}

/// One page: a title, a ruled table of two columns, a circle, a picture with a mask.
std::string rich_pdf() {
  std::string page = text_at(50, 700, "Price list", 20) + text_at(50, 670, "What we sell, and for how much.");
  const char* cells[] = {"Item", "Price", "Tea", "2.50", "Milk", "1,100.00"};
  for (int i = 0; i < 6; ++i) page += text_at(60 + 100 * (i % 2), 606 - 20 * (i / 2), cells[i]);
  for (int i = 0; i <= 3; ++i) page += fmt::format("50 {0} m 250 {0} l S\n", 620 - 20 * i);
  for (int i = 0; i <= 2; ++i) page += fmt::format("{0} 620 m {0} 560 l S\n", 50 + 100 * i);
  for (const int x : {100, 160}) {
    page += fmt::format("0 0 1 rg {0} 300 m {0} 360 {1} 360 {1} 300 c {1} 240 {0} 240 {0} 300 c f 0 g\n", x, x + 80);
  }
  page += "q 100 0 0 100 400 400 cm /I Do Q\n";
  return test::pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 "
       "R>>>>>>",
       stream(page), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
       stream("\xff\x01\x01\x01\xff\x01",
              "/Type/XObject/Subtype/Image/Width 2/Height 1/ColorSpace/DeviceRGB"
              "/BitsPerComponent 8/SMask 7 0 R"),
       stream("\xff\x7f", "/Type/XObject/Subtype/Image/Width 2/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8")});
}

class PdfToOffice : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (have("mutool")) run_ = new test::EngineRun(&register_pdf2office, {&register_qpdf});
  }
  static void TearDownTestSuite() {
    delete run_;
    run_ = nullptr;
  }
  void SetUp() override {
    if (run_ == nullptr) GTEST_SKIP() << "mutool is not installed";
  }
  static bool have(const std::string& program) { return !test::output_of("command -v " + program).empty(); }

  fs::path convert(std::string_view content, const std::string& to, const boost::json::object& options = {}) {
    const auto files = run_->convert_bytes(content, "pdf", to, options);
    if (!files) {
      ADD_FAILURE() << files.error().message;
      return {};
    }
    return files->front();
  }
  Error error(std::string_view content, const std::string& to, const boost::json::object& options = {}) {
    const auto files = run_->convert_bytes(content, "pdf", to, options);
    return files ? Error{} : files.error();
  }
  static std::string member(const fs::path& file, const std::string& name) {
    return test::output_of("unzip -p " + file.string() + " '" + name + "'");
  }
  /// What LibreOffice makes of a document.
  std::string by_libreoffice(const fs::path& file, const std::string& to) {
    const auto folder = run_->folder() / ("office-" + to);
    fs::create_directories(folder);
    const auto name = "soffice --headless -env:UserInstallation=file://" + (folder / "profile").string() +
                      " --convert-to " + to + " --outdir " + folder.string() + " " + file.string();
    test::output_of(name);
    auto made = folder / file.stem();
    made += "." + to;
    return fs::exists(made) ? test::read_file(made) : std::string();
  }

  static inline test::EngineRun* run_ = nullptr;
};

TEST_F(PdfToOffice, TablesBecomeCellsWithNumbers) {
  const auto file = convert(rich_pdf(), "xlsx");
  const auto sheet = member(file, "xl/worksheets/sheet1.xml");
  EXPECT_THAT(sheet, HasSubstr(">Item</t>"));
  EXPECT_THAT(sheet, HasSubstr("<v>2.5</v>"));
  EXPECT_THAT(sheet, HasSubstr("<v>1100</v>"));
  EXPECT_THAT(sheet, Not(HasSubstr("Price list")));
  EXPECT_THAT(member(file, "xl/styles.xml"), HasSubstr("#,##0.00"));
  EXPECT_THAT(test::output_of("unzip -t " + file.string()), HasSubstr("No errors detected"));
  const auto all = convert(rich_pdf(), "xlsx", {{"non_table_content", true}});
  EXPECT_THAT(member(all, "xl/worksheets/sheet1.xml"), HasSubstr("Price list"));
}

TEST_F(PdfToOffice, ADocumentHasHeadingsTablesAndPictures) {
  const auto file = convert(rich_pdf(), "docx");
  const auto body = member(file, "word/document.xml");
  EXPECT_THAT(body, HasSubstr("<w:pStyle w:val=\"Heading1\"/>"));
  EXPECT_THAT(body, HasSubstr("What we sell, and for how much."));
  EXPECT_THAT(body, HasSubstr("<w:tbl>"));
  EXPECT_EQ(member(file, "word/media/image1.png").substr(0, 4), "\x89PNG") << "the picture with a mask, or the figure";
  EXPECT_EQ(member(file, "word/media/image2.png").substr(0, 4), "\x89PNG");
  EXPECT_THAT(member(file, "word/media/image3.png"), Not(HasSubstr("PNG")));
}

TEST_F(PdfToOffice, LibreOfficeReadsTheDocuments) {
  if (!have("soffice")) GTEST_SKIP() << "soffice is not installed";
  EXPECT_THAT(by_libreoffice(convert(rich_pdf(), "docx"), "txt"), HasSubstr("What we sell, and for how much."));
  if (have("gs")) {
    const auto slides = run_->folder().write("slides.pdf", by_libreoffice(convert(rich_pdf(), "pptx"), "pdf"));
    EXPECT_THAT(test::output_of("pdftotext -layout " + slides.string() + " -"), ContainsRegex("Milk +1,100.00"));
  }
  EXPECT_THAT(by_libreoffice(convert(rich_pdf(), "xlsx"), "html"),
              ContainsRegex("sdval=\"1100\"[^>]*#,##0.00.*1,100.00"));
}

TEST_F(PdfToOffice, SlidesHaveTextAndTablesOverAPictureOfTheRest) {
  if (!have("gs")) GTEST_SKIP() << "gs is not installed";
  const auto file = convert(rich_pdf(), "pptx");
  const auto slide = member(file, "ppt/slides/slide1.xml");
  EXPECT_THAT(slide, HasSubstr("What we sell, and for how much."));
  EXPECT_THAT(slide, HasSubstr("<a:tbl>"));
  EXPECT_EQ(member(file, "ppt/media/image1.png").substr(0, 4), "\x89PNG");
  const auto text_alone = convert(engine::kProbePdf, "pptx");
  EXPECT_THAT(member(text_alone, "ppt/slides/slide1.xml"), Not(HasSubstr("<p:pic>")));
}

TEST_F(PdfToOffice, WebPageMarkdownAndTextFlow) {
  const auto html = test::read_file(convert(rich_pdf(), "html"));
  EXPECT_THAT(html, HasSubstr("<h1>Price list</h1>"));
  EXPECT_THAT(html, HasSubstr("<td>Tea</td><td>2.50</td>"));
  EXPECT_THAT(html, HasSubstr("src=\"data:image/png;base64,iVBOR"));
  const auto markdown = test::read_file(convert(rich_pdf(), "md"));
  EXPECT_THAT(markdown,
              HasSubstr("# Price list\n\nWhat we sell, and for how much.\n\n| Item | Price |\n| --- | --- |\n"));
  EXPECT_THAT(test::read_file(convert(rich_pdf(), "txt")), HasSubstr("Tea\t2.50\n"));
}

TEST_F(PdfToOffice, TakesThePagesAskedFor) {
  const auto text = test::read_file(convert(test::pdf_of(4), "txt", {{"pages", "2,4-9"}}));
  EXPECT_THAT(text, HasSubstr("page 2"));
  EXPECT_THAT(text, HasSubstr("page 4"));
  EXPECT_THAT(text, Not(HasSubstr("page 3")));
  EXPECT_EQ(error(test::pdf_of(4), "docx", {{"pages", "7"}}).field, "pages");
}

TEST_F(PdfToOffice, OpensAnEncryptedDocumentWithItsPasswordOnly) {
  const auto document = from_base64(test::kEncryptedPdf).value();
  EXPECT_THAT(test::read_file(convert(document, "txt", {{"password", "secret"}})), HasSubstr("Recast"));
  for (const auto& options : {boost::json::object{{"password", "wrong"}}, boost::json::object{}}) {
    const auto closed = error(document, "docx", options);
    EXPECT_EQ(closed.code, ErrorCode::open_failed) << closed.message;
    EXPECT_EQ(closed.field, "password");
  }
}

TEST_F(PdfToOffice, CannotOpenWhatIsNoDocument) {
  for (const std::string& content : {std::string("hello"), std::string(engine::kProbePdf.substr(0, 40))}) {
    for (const auto* const to : {"xlsx", "docx"}) {
      EXPECT_EQ(error(content, to).code, ErrorCode::open_failed) << to << error(content, to).message;
    }
  }
}

TEST_F(PdfToOffice, ADocumentWithoutTextStillBecomesOne) {
  const auto empty = test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                           "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>"});
  for (const auto* const to : {"xlsx", "docx", "html"}) EXPECT_GT(fs::file_size(convert(empty, to)), 100U) << to;
}

}  // namespace
}  // namespace recast::engines
