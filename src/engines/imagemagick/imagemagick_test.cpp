#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "../../../tests/support/engine_fixture.hpp"
#include "../../../tests/support/pdf.hpp"
#include "../../../tests/support/picture.hpp"
#include "../../../tests/support/samples.hpp"
#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::engines {
Result<> register_imagemagick(engine::Registry& registry);
Result<> register_qpdf(engine::Registry& registry);
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<engine::Plan> plan(const std::string& from, const std::string& to, json::object options = {}) {
  return test::plan_of(&register_imagemagick, from, to, std::move(options));
}

TEST(ImageMagickPlan, NamesTheCoderOfEveryFile) {
  const auto result = plan("jpg", "png", {{"width", 64}, {"strip", true}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(test::line(*result, 0),
              ElementsAre("convert-im6.q16", "jpeg:in/in-1.jpg[0]", "+repage", "-background", "none", "-auto-orient",
                          "-resize", "64>", "-profile", "/usr/share/color/icc/sRGB.icc", "-colorspace", "sRGB",
                          "-strip", "png:out/out-%05d.png"));
  EXPECT_THAT(result->files.at("in/policy.xml"), HasSubstr("rights=\"none\" pattern=\"*\""));
}

TEST(ImageMagickPlan, TakesPagesAsFrames) {
  EXPECT_THAT(test::line(*plan("tiff", "png", {{"page_range", "2-3,7-"}}), 0),
              Contains("tiff:in/in-1.tiff[1-2,6-99999]"));
  EXPECT_THAT(test::line(*plan("gif", "png", {{"pages", "2"}}), 1), Contains("miff:tmp/frames.miff[1]"));
}

TEST(ImageMagickPlan, NamesTheFieldItRejects) {
  EXPECT_EQ(plan("jpg", "png", {{"background", "@/etc/passwd"}}).error().field, "background");
  EXPECT_EQ(plan("jpg", "png", {{"colorspace", "cmyk"}}).error().field, "colorspace");
  EXPECT_EQ(plan("jpg", "png", {{"quality", 101}}).error().field, "quality");
  EXPECT_EQ(plan("jpg", "png", {{"pages", "0"}}).error().field, "pages");
  EXPECT_EQ(plan("svg", "pdf").error().code, ErrorCode::invalid_conversion_type);
}

class ImageMagickRun : public test::EngineFixture<&register_imagemagick, &register_qpdf> {
 protected:
  void SetUp() override {
    if (const auto program = lacks({"convert-im6.q16"}); !program.empty())
      GTEST_SKIP() << program << " is not installed";
  }
};

TEST_F(ImageMagickRun, WritesAndReadsEveryFormat) {
  const auto picture = test::picture(64, 32);
  for (const auto* const to : {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "avif", "heic", "psd",
                               "psb", "jp2", "j2k", "dds", "pcx",  "heif", "exr", "hdr",  "pgm",  "pbm"}) {
    const auto there = bytes_of(picture, "ppm", to);
    EXPECT_NE(format::check(to, there, there.size()), format::Verdict::contradicts) << to;
    const auto back = convert(there, to, "png");
    ASSERT_EQ(back.size(), 1U) << to;
    EXPECT_EQ(test::size_of(back.front()), (std::pair{64, 32})) << to;
    const bool colours = to != std::string("pgm") && to != std::string("pbm");
    if (colours) {
      EXPECT_THAT(test::pixel_of(back.front(), 8, 16), StartsWith("25")) << to;
    }
  }
}

TEST_F(ImageMagickRun, DevelopsARawFile) {
  for (const auto* const program : {"dcraw_emu", "exiftool"}) {
    if (!fs::exists(fs::path("/usr/bin") / program)) GTEST_SKIP() << program << " is not installed";
  }
  const auto files = convert(test::digital_negative(96, 64), "dng", "png");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(test::size_of(files.front()), (std::pair{96, 64}));
  int red = 0, green = 0, blue = 0;
  std::istringstream(test::pixel_of(files.front(), 48, 32)) >> red >> green >> blue;
  EXPECT_GT(red, 2 * blue);
}

/// A header that names a camera, no sensor data, and the JPEG that the camera made.
TEST_F(ImageMagickRun, TakesTheCamerasOwnJpegWhereTheSensorsDataAreUnreadable) {
  const auto jpeg = bytes_of(test::picture(64, 48), "ppm", "jpg");
  const auto files = convert(test::negative_with_preview(jpeg), "nef", "png");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(test::size_of(files.front()), (std::pair{64, 48}));
}

TEST_F(ImageMagickRun, MakesIconsOfAllSizes) {
  const auto icons = convert(bytes_of(test::picture(64, 32), "ppm", "ico"), "ico", "png");
  ASSERT_EQ(icons.size(), 6U);
  EXPECT_EQ(test::size_of(icons.front()), (std::pair{256, 256}));
  EXPECT_EQ(test::size_of(icons.back()), (std::pair{16, 16}));
  const auto family = bytes_of(test::picture(64, 32), "ppm", "icns");
  EXPECT_EQ(format::sniff(family), "icns");
  const auto largest = convert(family, "icns", "png", {{"width", 600}});
  ASSERT_EQ(largest.size(), 1U);
  EXPECT_EQ(test::size_of(largest.front()), (std::pair{600, 600}));
}

TEST_F(ImageMagickRun, FitsABox) {
  const auto size = [&](const json::object& options) {
    const auto files = convert(test::picture(80, 40), "ppm", "png", options);
    return files.empty() ? std::pair{0, 0} : test::size_of(files.front());
  };
  EXPECT_EQ(size({{"width", 20}}), (std::pair{20, 10}));
  EXPECT_EQ(size({{"width", 200}}), (std::pair{80, 40}));
  EXPECT_EQ(size({{"width", 30}, {"height", 30}, {"fit", "crop"}}), (std::pair{30, 30}));
  EXPECT_EQ(size({{"width", 30}, {"height", 50}, {"fit", "scale"}}), (std::pair{30, 50}));
  EXPECT_EQ(size({{"rotate", 90}}), (std::pair{40, 80}));
}

TEST_F(ImageMagickRun, DrawsSvgAtTheSizeAskedFor) {
  const auto* const svg =
      "<svg xmlns='http://www.w3.org/2000/svg' width='96' height='48'><rect width='96' height='48' fill='#f00'/></svg>";
  const auto size = [&](const json::object& options) {
    const auto files = convert(svg, "svg", "png", options);
    return files.empty() ? std::pair{0, 0} : test::size_of(files.front());
  };
  EXPECT_EQ(size({}), (std::pair{96, 48}));
  EXPECT_EQ(size({{"pixel_density", 192}}), (std::pair{192, 96}));
  EXPECT_EQ(size({{"width", 400}, {"height", 400}}), (std::pair{400, 200}));
  EXPECT_EQ(size({{"width", 400}, {"height", 400}, {"fit", "crop"}}), (std::pair{400, 400}));
  EXPECT_EQ(error_of("<svg", "svg", "png").code, ErrorCode::open_failed);
}

TEST_F(ImageMagickRun, PaintsWhatIsBehind) {
  const std::string clear{"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 43};
  EXPECT_EQ(test::pixel_of(convert(clear, "gif", "png", {{"background", "#0000ff"}}).at(0), 0, 0), "0 0 255");
  EXPECT_THAT(test::pixel_of(convert(clear, "gif", "jpg").at(0), 0, 0), StartsWith("255"));
}

TEST_F(ImageMagickRun, KeepsFramesTogetherOrGivesEachAFile) {
  const auto first = bytes_of(test::picture(8, 8), "ppm", "gif");
  const auto files = convert(test::pdf_of(3), "pdf", "tiff", {{"pixel_density", 36}});
  ASSERT_EQ(files.size(), 1U);
  const auto tiff = test::read_file(files.front());
  EXPECT_EQ(convert(tiff, "tiff", "png").size(), 3U);
  EXPECT_EQ(convert(tiff, "tiff", "png", {{"pages", "2,9"}}).size(), 1U);
  EXPECT_EQ(error_of(tiff, "tiff", "png", {{"pages", "7"}}).message, "no such page");
  EXPECT_EQ(error_of(tiff, "tiff", "png", {{"pages", "7,9"}}).message, "no such page");
  const auto gif = bytes_of(tiff, "tiff", "gif", {{"pages", "1-2"}});
  EXPECT_EQ(convert(gif, "gif", "png").size(), 2U);
  EXPECT_EQ(convert(gif, "gif", "jpg", {{"pages", "2"}}).size(), 1U);
}

TEST_F(ImageMagickRun, MakesOnePdfOfAllPages) {
  const auto tiff = bytes_of(test::pdf_of(2), "pdf", "tiff", {{"pixel_density", 72}});
  const auto pages = test::page_sizes(bytes_of(tiff, "tiff", "pdf"));
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_NEAR(pages.front().width, 200, 1);
  const auto jpeg = bytes_of(test::picture(300, 150), "ppm", "jpg");
  const auto photo = test::page_sizes(bytes_of(jpeg, "jpg", "pdf", {{"pixel_density", 144}}));
  ASSERT_EQ(photo.size(), 1U);
  EXPECT_NEAR(photo.front().width, 150, 1);
}

TEST_F(ImageMagickRun, DrawsPagesOfAPdf) {
  const auto files = convert(from_base64(test::kEncryptedPdf).value(), "pdf", "png", {{"password", "secret"}});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(test::size_of(files.front()).first, 417);  // 200 points at 150 dots per inch
  EXPECT_EQ(convert(test::pdf_of(3), "pdf", "jpg", {{"pages", "2-"}, {"width", 50}}).size(), 2U);
  EXPECT_EQ(error_of(test::pdf_of(1), "pdf", "png", {{"pages", "4"}}).message, "no such page");
}

TEST_F(ImageMagickRun, CannotOpenWhatIsDamaged) {
  const auto png = bytes_of(test::picture(64, 64), "ppm", "png");
  for (const auto& content : {std::string("hello"), std::string(), png.substr(0, 60)})
    EXPECT_EQ(error_of(content, "png", "jpg").code, ErrorCode::open_failed);
  EXPECT_EQ(error_of("hello", "nef", "jpg").code, ErrorCode::open_failed);
  EXPECT_EQ(error_of("hello", "icns", "png").code, ErrorCode::open_failed);
}

/// The classes of CVE-2016-3714: an image whose content is a drawing that names a file or an address.
TEST_F(ImageMagickRun, ReadsNoDrawingInAnImage) {
  test::Canary canary;
  const auto drawing = "push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 0,0 'http://" + canary.address() +
                       "/x.png'\npop graphic-context\n";
  const auto svg =
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' "
      "height='9'><image xlink:href='http://" +
      canary.address() + "/x.png' width='9' height='9'/></svg>";
  for (const auto& content : {drawing, svg}) {
    for (const auto* const from : {"png", "jpg", "gif", "tiff", "psd"})
      EXPECT_EQ(error_of(content, from, "bmp").code, ErrorCode::open_failed) << from;
  }
  EXPECT_FALSE(canary.called());
}

TEST_F(ImageMagickRun, ReadsTheCorpus) {
  const auto* const corpus = std::getenv("RECAST_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "RECAST_CORPUS is not set";
  std::set<std::string> failed;
  for (const auto* const folder : {"image", "raw"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(corpus) / folder)) {
      const auto from = format::of_file_name(entry.path().filename().string());
      const auto files = run().convert(from, "png", {entry.path()}, {{"width", 400}});
      if (!files) failed.insert(entry.path().filename().string());
      if (files) {
        EXPECT_GT(test::size_of(files->front()).first, 0) << entry.path();
      }
    }
  }
  // Raw files without a picture in them; what is newer than Debian 12.
  const std::set<std::string> unreadable{"bigtiff.dng", "canon.cr2", "exiv2-coverage.raf", "kyocera.raw", "logo.xcf",
                                         "minolta.mrw", "lightning.heif", "sigma.x3f",
                                         // A part of the picture is missing.
                                         "canon.cr3", "fujifilm.raf", "nikon-d1.nef", "synthetic.cr2", "synthetic.orf"};
  EXPECT_EQ(failed, unreadable);
}

}  // namespace
}  // namespace recast::engines
