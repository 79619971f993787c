#include <gtest/gtest.h>

#include "../../../tests/support/engine_run.hpp"
#include "format/format.hpp"

/// The engine's plans carried out by the real resident worker, in the jail this machine can give.
namespace recast::engines {

Result<> register_vips(engine::Registry& registry);

namespace {

namespace json = boost::json;

class JailedVips : public testing::Test {
 protected:
  static test::EngineRun& vips() {
    static test::EngineRun one(&register_vips);
    return one;
  }
  static Result<std::vector<std::string>> convert(const std::string& bytes, const std::string& from,
                                                  const std::string& to, const json::object& options = {}) {
    RECAST_TRY(const auto paths, vips().convert_bytes(bytes, from, to, options));
    std::vector<std::string> files;
    for (const auto& path : paths) files.push_back(test::read_file(path));
    return files;
  }
  static std::string only(const Result<std::vector<std::string>>& files) {
    EXPECT_TRUE(files) << files.error().message;
    EXPECT_TRUE(!files || files->size() == 1);
    return files && !files->empty() ? files->front() : std::string();
  }
  static std::string probe() { return vips().engine().info().probe.content; }
};

TEST_F(JailedVips, TellsTheVersionOfItsLibrary) { EXPECT_TRUE(vips().version().starts_with("8.")) << vips().version(); }

TEST_F(JailedVips, WritesAndReadsEveryFormat) {
  // A larger picture than the probe: some encoders start threads only then.
  const auto picture = only(convert(probe(), "ppm", "png", {{"width", 400}, {"height", 300}, {"fit", "scale"}}));
  for (const auto* const to :
       {"jpg", "webp", "gif", "tiff", "avif", "heic", "bmp", "jp2", "jxl", "ico", "tga", "png"}) {
    const auto there = only(convert(picture, "png", to));
    const auto back = only(convert(there, to, "ppm", {{"width", 4}, {"height", 2}, {"fit", "scale"}}));
    ASSERT_EQ(back.size(), 11U + 24U) << to;
    EXPECT_GT(static_cast<unsigned char>(back[11]), 200) << to;     // red on the left
    EXPECT_GT(static_cast<unsigned char>(back.back()), 200) << to;  // blue on the right
  }
}

TEST_F(JailedVips, GivesEachPageOfATiffAFile) {
  const std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'><text y='4'>x</text></svg>";
  EXPECT_EQ(format::sniff(only(convert(svg, "svg", "png"))), "png");
  const std::string gif{
      "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
      "!\xf9\4\0\x0a\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0"
      "!\xf9\4\0\x0a\0\0\0,\0\0\0\0\1\0\1\0\0\2\2L\1\0;",
      66};
  const auto tiff = only(convert(gif, "gif", "tiff"));
  const auto pages = convert(tiff, "tiff", "png");
  ASSERT_TRUE(pages) << pages.error().message;
  ASSERT_EQ(pages->size(), 2U);
  EXPECT_EQ(format::sniff(pages->at(1)), "png");
}

TEST_F(JailedVips, SaysWhatIsWrongWithAFile) {
  EXPECT_EQ(convert("this is no picture", "jpg", "png").error().code, ErrorCode::open_failed);
  EXPECT_EQ(convert("", "jpg", "png").error().code, ErrorCode::open_failed);
  EXPECT_EQ(convert(probe(), "ppm", "png", {{"width", 60'000}, {"height", 60'000}, {"fit", "scale"}}).error().code,
            ErrorCode::pixel_limit);
}

}  // namespace
}  // namespace recast::engines
