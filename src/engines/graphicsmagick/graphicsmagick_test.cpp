#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"
#include "format/format.hpp"

namespace recast::engines {
Result<> register_graphicsmagick(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

Result<engine::Plan> plan(const std::string& from, const std::string& to, json::object options = {}) {
  return test::plan_of(&register_graphicsmagick, from, to, std::move(options));
}

TEST(GraphicsMagickPlan, TakesWhatTheJobBuilderSendsForPagesOfAPdf) {
  const auto result = plan("pdf", "png", {{"fit", "max"}, {"strip", false}, {"pixel_density", 150}, {"quality", 75}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(test::line(*result, 0), ElementsAre("pdftoppm", "-r", "150", "-f", "1", "in/in-1.pdf", "tmp/page"));
  EXPECT_THAT(test::line(*result, 1),
              ElementsAre("gm", "mogrify", "-background", "none", "-auto-orient", "-units", "PixelsPerInch", "-density",
                          "150", "-quality", "75", "-create-directories", "-output-directory", "out", "-format", "png",
                          "tmp/page-*.ppm"));
  EXPECT_EQ(test::line(*plan("pdf", "png"), 1), test::line(*result, 1));
}

TEST(GraphicsMagickPlan, PaintsBehindWhatMayBeTransparentOnly) {
  const auto line = [](const std::string& from, const std::string& to, std::string head) {
    const auto result =
        test::engine_of(&register_graphicsmagick)
            .plan({.inputs = {"in/in-1." + from}, .from = from, .to = to, .options = {}, .head = std::move(head)});
    return result ? test::line(*result, 0) : std::vector<std::string>{result.error().message};
  };
  const std::string opaque("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0CRC.\0\0\0\x0aIDAT", 41);
  EXPECT_THAT(line("png", "jpg", opaque), Not(Contains("-extent")));
  EXPECT_THAT(line("jpg", "bmp", ""), Not(Contains("-extent")));
  EXPECT_THAT(line("png", "jpg", ""), Contains("-extent"));
  EXPECT_THAT(line("gif", "jpg", "GIF89a"), Contains("-extent"));
}

TEST(GraphicsMagickPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("png", "jpg", {{"background", "red"}}).error().field, "background");
  EXPECT_EQ(plan("jpg", "png", {{"colorspace", "cmyk"}}).error().field, "colorspace");
  EXPECT_EQ(plan("jpg", "psd").error().code, ErrorCode::invalid_conversion_type);
}

class GraphicsMagickRun : public test::EngineFixture<&register_graphicsmagick, &register_qpdf> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"gm"}); !program.empty()) GTEST_SKIP() << program << " is not installed";
  }
};

TEST_F(GraphicsMagickRun, WritesAndReadsEveryFormat) {
  for (const auto* const to : {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "pcx", "jxl"}) {
    const auto there = convert(test::picture(64, 32), "ppm", to, {{"quality", 95}});
    ASSERT_EQ(there.size(), 1U) << to;
    const auto bytes = test::read_file(there.front());
    EXPECT_NE(format::check(to, bytes, bytes.size()), format::Verdict::contradicts) << to;
    const auto back = convert(bytes, to, "png", {{"width", 32}});
    ASSERT_EQ(back.size(), 1U) << to;
    EXPECT_EQ(test::size_of(back.front()), (std::pair{32, 16})) << to;
    EXPECT_THAT(test::pixel_of(back.front(), 4, 8), StartsWith("25")) << to;
  }
}

TEST_F(GraphicsMagickRun, ShapesAndPaints) {
  const auto cropped = convert(test::picture(80, 40), "ppm", "png",
                               {{"width", 30}, {"height", 30}, {"fit", "crop"}, {"grayscale", true}});
  ASSERT_EQ(cropped.size(), 1U);
  EXPECT_EQ(test::size_of(cropped.front()), (std::pair{30, 30}));
  const std::string clear{"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 43};
  EXPECT_THAT(test::pixel_of(convert(clear, "gif", "png", {{"background", "#0000ff"}}).at(0), 0, 0),
              StartsWith("0 0 255"));
}

TEST_F(GraphicsMagickRun, DrawsPagesAndJoinsThem) {
  EXPECT_EQ(convert(test::pdf_of(3), "pdf", "png", {{"pixel_density", 36}, {"pages", "2-3,9"}}).size(), 2U);
  const auto tiff = convert(test::pdf_of(3), "pdf", "tiff", {{"pixel_density", 72}});
  ASSERT_EQ(tiff.size(), 1U);
  const auto bytes = test::read_file(tiff.front());
  EXPECT_EQ(convert(bytes, "tiff", "jpg", {{"pages", "1,3"}}).size(), 2U);
  const auto pdf = convert(bytes, "tiff", "pdf");
  ASSERT_EQ(pdf.size(), 1U);
  EXPECT_EQ(test::page_sizes(test::read_file(pdf.front())).size(), 3U);
  EXPECT_EQ(error_of(bytes, "tiff", "jpg", {{"pages", "7"}}).message, "no such page");
}

TEST_F(GraphicsMagickRun, CannotOpenWhatIsDamaged) {
  for (const auto* const from : {"png", "jpg", "gif", "pdf"}) {
    const auto files = run().convert_bytes("hello", from, "tiff");
    ASSERT_FALSE(files);
    EXPECT_EQ(files.error().code, ErrorCode::open_failed) << from << ": " << files.error().message;
  }
}

}  // namespace
}  // namespace recast::engines
