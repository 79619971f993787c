#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "execution/executor.hpp"

namespace recast::engines {

Result<> register_ocrmypdf(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::line;
using test::output_of;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

Result<engine::Plan> plan(json::object options) {
  engine::Request request{
      .inputs = {"in/in-1.pdf"}, .from = {}, .to = {}, .options = std::move(options), .engine = {}, .install = {}};
  request.operation = "pdf/ocr";
  return test::engine_of(&register_ocrmypdf).plan(request);
}

TEST(OcrPlan, TakesLanguagesInEveryShape) {
  const auto last = [](json::object options) {
    const auto made = plan(std::move(options));
    return made ? line(*made, 1).at(2) : made.error().field;
  };
  EXPECT_EQ(last({}), "eng");
  EXPECT_EQ(last({{"language", "deu"}}), "deu");
  EXPECT_EQ(last({{"language", {"deu", "chi_sim", "deu"}}}), "deu+chi_sim");
  EXPECT_EQ(last({{"language", "eng+fra"}}), "eng+fra");
  for (const auto* const wrong : {"--help", "en", "../eng", "ENG", "eng;x"})
    EXPECT_EQ(last({{"language", wrong}}), "language");
}

TEST(OcrPlan, KeepsTextAndTurnsPagesIfWished) {
  EXPECT_THAT(line(*plan({}), 1), IsSupersetOf({"--skip-text", "--rotate-pages"}));
  EXPECT_THAT(line(*plan({{"auto_orient", "false"}}), 1), Not(Contains("--rotate-pages")));
  const auto locked = plan({{"password", "a b"}});
  EXPECT_EQ(std::get<engine::WorkerStep>(locked->steps.at(0).action).request.at("options").at("password"), "a b");
  EXPECT_THAT(line(*locked, 2), Not(Contains("a b")));
}

TEST(OcrPlan, NamesTheLanguagesThatAreInstalled) {
  const auto made = plan({{"language", {"eng", "xyz"}}});
  const auto told =
      made->doubt({.output = "List of available languages in \"/x\" (3):\ndeu\neng\nosd\n", .errors = {}});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->message, "The language xyz is not installed; there are: deu, eng.");
  EXPECT_EQ(told->field, "language");
  EXPECT_FALSE(made->doubt({.output = "anything else", .errors = {}}));
}

/// What stands on the pages of scans. A page needs some text for Tesseract to be sure how it lies.
constexpr std::string_view kText[] = {"Harbour news of the week",
                                      "The quick brown fox jumps over the lazy dog.",
                                      "Seven ships came in before the storm on Monday.",
                                      "Captain Miller counted forty barrels of herring.",
                                      "Nobody knew where the green lantern had gone.",
                                      "The market opens every morning at half past six.",
                                      "Children under twelve may enter without a ticket.",
                                      "Please return all borrowed books to the library.",
                                      "Fresh bread is sold behind the old town hall.",
                                      "Winter will be long and cold, says the almanac."};

/// A page of A4 with that text.
std::string page_of_text() {
  std::string content = "BT /F 18 Tf 22 TL 60 760 Td";
  for (int round = 0; round < 3; ++round) {
    for (const auto text : kText) content += " (" + std::string(text) + ") Tj T*";
  }
  content += " ET";
  return test::pdf_of_objects(
      {"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
       "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
       "<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream",
       "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"});
}

class JailedOcr : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* const program : {"ocrmypdf", "tesseract", "gs", "convert"}) {
      if (execution::find_program(program, {}).empty()) GTEST_SKIP() << program << " is not installed";
    }
  }
  static test::EngineRun& run() {
    static test::EngineRun one(&register_ocrmypdf, {&register_qpdf});
    return one;
  }
  /// The page drawn, turned clockwise and put into a PDF as a picture: no text is left.
  static std::string scan(int degrees) {
    const auto base = (run().folder() / ("scan-" + std::to_string(degrees))).string();
    const auto text = run().folder().write("text.pdf", page_of_text()).string();
    output_of("pdftoppm -gray -r 150 -singlefile " + text + " " + base);
    output_of("convert " + base + ".pgm -rotate " + std::to_string(degrees) + " " + base + ".jpg");
    const auto jpg = test::read_file(base + ".jpg");
    const auto width = output_of("identify -format %w " + base + ".jpg");
    const auto height = output_of("identify -format %h " + base + ".jpg");
    const auto points = [](const std::string& pixels) { return std::to_string(std::stoi(pixels) * 72 / 150); };
    const auto content = "q " + points(width) + " 0 0 " + points(height) + " 0 0 cm /I Do Q";
    return test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                 "<</Type/Page/Parent 2 0 R/MediaBox[0 0 " + points(width) + " " + points(height) +
                                     "]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
                                 "<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream",
                                 "<</Type/XObject/Subtype/Image/Width " + width + "/Height " + height +
                                     "/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/DCTDecode/Length " +
                                     std::to_string(jpg.size()) + ">>stream\n" + jpg + "\nendstream"});
  }
  static Result<fs::path> read(const std::string& pdf, const json::object& options = {}) {
    static int number = 0;
    const auto input = run().folder().write("ocr-" + std::to_string(++number) + ".pdf", pdf);
    RECAST_TRY(const auto done,
               run().run({.operation = "pdf/ocr", .from = {}, .to = {}, .files = {input}, .options = options}));
    return done.files.at(0);
  }
  static std::string text_of(const fs::path& pdf) { return output_of("pdftotext -raw " + pdf.string() + " -"); }
};

TEST_F(JailedOcr, FindsTheTextOfAScan) {
  const auto before = run().folder().write("before.pdf", scan(0));
  EXPECT_EQ(trim(text_of(before)), "");
  const auto done = read(test::read_file(before));
  ASSERT_TRUE(done) << done.error().message;
  const auto text = text_of(*done);
  for (const auto sentence : kText) EXPECT_THAT(text, HasSubstr(std::string(sentence)));
  EXPECT_THAT(output_of("pdfimages -list " + done->string()), HasSubstr("jpeg"));  // the scan is as it was
}

TEST_F(JailedOcr, TurnsAPageThatLiesOnItsSide) {
  const auto upright = read(scan(90));
  ASSERT_TRUE(upright) << upright.error().message;
  const auto size = test::page_sizes(test::read_file(*upright)).at(0);
  EXPECT_LT(size.width, size.height);
  EXPECT_THAT(text_of(*upright), HasSubstr("forty barrels of herring"));
  const auto lying = read(scan(90), {{"auto_orient", false}});
  ASSERT_TRUE(lying) << lying.error().message;
  const auto same = test::page_sizes(test::read_file(*lying)).at(0);
  EXPECT_GT(same.width, same.height);
}

TEST_F(JailedOcr, LeavesPagesWithTextAlone) {
  const auto done = read(test::pdf_of(3));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(test::page_sizes(test::read_file(*done)).size(), 3U);
  EXPECT_EQ(output_of("pdftotext " + done->string() + " - | grep -c page"), "3\n");
}

TEST_F(JailedOcr, SaysWhatIsWrong) {
  const auto unknown = read(test::pdf_of(1), {{"language", "xyz"}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "language");
  EXPECT_THAT(unknown.error().message, HasSubstr("eng"));
  const auto locked = from_base64(test::kEncryptedPdf).value();
  const auto closed = read(locked);
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::open_failed);
  EXPECT_EQ(closed.error().field, "password");
  EXPECT_TRUE(read(locked, {{"password", "secret"}}));
  const auto damaged = read("%PDF-1.4\nnothing");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::open_failed);
}

}  // namespace
}  // namespace recast::engines
