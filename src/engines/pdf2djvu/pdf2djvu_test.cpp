#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"

namespace recast::engines {
Result<> register_pdf2djvu(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

Result<engine::Plan> plan(json::object options = {}) {
  return test::plan_of(&register_pdf2djvu, "pdf", "djvu", std::move(options));
}

TEST(Pdf2DjVuPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan({{"pages", "0"}}).error().field, "pages");
  EXPECT_EQ(plan({{"pixel_density", 5000}}).error().field, "pixel_density");
}

TEST(Pdf2DjVuPlan, KeepsThePasswordFromTheArguments) {
  const auto result = plan({{"password", "secret"}, {"monochrome", true}, {"text", false}, {"pixel_density", 200}});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->steps.size(), 2U);
  EXPECT_THAT(test::line(*result, 1), ElementsAre("pdf2djvu", "--quiet", "--jobs=1", "--dpi=200", "--monochrome",
                                                  "--no-text", "-o", "out/out.djvu", "tmp/open.pdf"));
}

/// DjVuLibre's programs are the judges.
class Pdf2DjVuRun : public test::EngineFixture<&register_pdf2djvu, &register_qpdf> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"pdf2djvu", "djvused", "djvutxt", "ddjvu"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
  static std::string told(const std::string& command, const fs::path& file) {
    return test::output_of(command + " " + file.string() + " 2>&1");
  }
  static std::string text_of(const fs::path& file) { return told("djvutxt", file); }
  /// Width and height of every page in pixels, as djvused tells them.
  static std::string sizes_of(const fs::path& file) { return told("djvused -e size", file); }
};

TEST_F(Pdf2DjVuRun, KeepsPagesAndText) {
  const auto file = convert_one(test::pdf_of(3), "pdf", "djvu");
  EXPECT_EQ(sizes_of(file), "width=833 height=417\nwidth=833 height=417\nwidth=833 height=417\n");  // 300 dpi
  EXPECT_THAT(text_of(file), HasSubstr("page 1"));
  EXPECT_THAT(text_of(file), HasSubstr("page 3"));
}

TEST_F(Pdf2DjVuRun, TakesThePagesInTheirOrder) {
  const auto text = text_of(convert_one(test::pdf_of(4), "pdf", "djvu", {{"pages", "3,1-2"}}));
  EXPECT_LT(text.find("page 3"), text.find("page 1"));
  EXPECT_LT(text.find("page 1"), text.find("page 2"));
  EXPECT_THAT(text, Not(HasSubstr("page 4")));
}

TEST_F(Pdf2DjVuRun, DrawsWhatIsSeen) {
  const auto file = convert_one(test::pdf_of(1), "pdf", "djvu", {{"pixel_density", 72}, {"monochrome", true}});
  EXPECT_EQ(sizes_of(file), "width=200 height=100\n");
  const auto pixels = told("ddjvu -format=pgm -1", file);
  const auto dark = std::ranges::count_if(pixels.substr(std::min<std::size_t>(pixels.size(), 15)),
                                          [](char pixel) { return static_cast<unsigned char>(pixel) < 128; });
  EXPECT_GT(dark, 50);
  EXPECT_LT(dark, 2'000);
}

TEST_F(Pdf2DjVuRun, LeavesTheTextOutIfAsked) {
  const auto file = convert_one(test::pdf_of(1), "pdf", "djvu", {{"text", false}});
  EXPECT_THAT(text_of(file), Not(HasSubstr("page")));
}

TEST_F(Pdf2DjVuRun, OpensWhatHasAPassword) {
  const auto locked = from_base64(test::kEncryptedPdf).value();
  EXPECT_THAT(text_of(convert_one(locked, "pdf", "djvu", {{"password", "secret"}})), HasSubstr("Recast"));
  for (const auto& options : {json::object{}, json::object{{"password", "wrong"}}}) {
    const auto error = error_of(locked, "pdf", "djvu", options);
    EXPECT_EQ(error.code, ErrorCode::open_failed) << error.message;
    EXPECT_EQ(error.field, "password");
  }
}

TEST_F(Pdf2DjVuRun, SaysWhatIsWrong) {
  EXPECT_EQ(error_of(test::pdf_of(2), "pdf", "djvu", {{"pages", "7"}}).message, "no such page");
  for (const auto& content : {std::string("hello"), std::string(), test::pdf_of(1).substr(0, 100)})
    EXPECT_EQ(error_of(content, "pdf", "djvu").code, ErrorCode::open_failed);
  const auto huge = test::pdf_of_objects({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                          "<</Type/Page/Parent 2 0 R/MediaBox[0 0 900000 900000]>>"});
  const auto error = error_of(huge, "pdf", "djvu");
  EXPECT_EQ(error.code, ErrorCode::memory_limit) << error.message;
}

}  // namespace
}  // namespace recast::engines
