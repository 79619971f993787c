#include "engines/vips/worker/convert.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <vips/vips8>

#include "../../../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "format/format.hpp"

// libx265 keeps a table of each size it encoded until its process ends.
extern "C" const char* __lsan_default_suppressions() { return "leak:libx265"; }

namespace recast::engines::vips {
namespace {

using ::vips::VImage;

/// Pictures are made and looked at with libvips itself; the formats it cannot write are checked with Debian's tools.
class Convert : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(start_library("convert_test")); }

  static VImage plain(int width, int height, std::vector<double> colour) {
    const auto bands = colour.size();
    auto image = VImage::black(width, height).new_from_image(colour).cast(VIPS_FORMAT_UCHAR);
    const auto space = bands <= 2 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    return image.copy(VImage::option()->set("interpretation", space));
  }
  /// Left half red, right half blue, with a green stripe on top: every orientation of it looks different.
  static VImage flag(int width = 60, int height = 40) {
    auto image = plain(width, height, {255, 0, 0}).insert(plain(width / 2, height, {0, 0, 255}), width / 2, 0);
    return image.insert(plain(width, height / 4, {0, 255, 0}), 0, 0);
  }
  static std::string encoded(const VImage& image, const char* suffix, ::vips::VOption* options = nullptr) {
    void* bytes = nullptr;
    std::size_t size = 0;
    image.write_to_buffer(suffix, &bytes, &size, options);
    std::string text(static_cast<const char*>(bytes), size);
    g_free(bytes);
    return text;
  }

  Result<std::string> run(const std::string& input, const std::string& from, const std::string& to,
                          boost::json::object options = {}, bool sequence = false,
                          std::uint64_t pixel_limit = 10'000'000) {
    const auto path = folder_.path() / "output";
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    RECAST_TRY(const auto order, Order::parse({{"from", from},
                                               {"to", to},
                                               {"sequence", sequence},
                                               {"pixel_limit", pixel_limit},
                                               {"options", std::move(options)}}));
    const Bytes bytes(reinterpret_cast<const unsigned char*>(input.data()), input.size());
    RECAST_TRY(last_, convert(bytes, file.get(), order));
    struct stat status {};
    ::fstat(file.get(), &status);
    std::string result(static_cast<std::size_t>(status.st_size), '\0');
    EXPECT_EQ(::pread(file.get(), result.data(), result.size(), 0), status.st_size);
    return result;
  }
  static VImage decoded(const std::string& bytes, const char* options = "") {
    return VImage::new_from_buffer(bytes.data(), bytes.size(), options).copy_memory();
  }
  VImage converted(const std::string& input, const std::string& from, const std::string& to,
                   boost::json::object options = {}) {
    kept_.push_back(std::make_unique<std::string>());
    auto result = run(input, from, to, std::move(options));
    EXPECT_TRUE(result) << result.error().message;
    *kept_.back() = result.value_or("");
    return decoded(*kept_.back());
  }
  static std::string size(const VImage& image) {
    return std::to_string(image.width()) + "x" + std::to_string(image.height());
  }
  /// "r", "g", "b", "w" or "." for the colour a pixel is closest to.
  static char colour(VImage image, int x, int y) {
    const auto pixel = image.getpoint(x, y);
    if (pixel.size() < 3) return pixel[0] > 200 ? 'w' : '.';
    if (pixel[0] > 180 && pixel[1] > 180 && pixel[2] > 180) return 'w';
    if (pixel[0] > 180 && pixel[1] < 90) return 'r';
    if (pixel[1] > 180 && pixel[0] < 90) return 'g';
    return pixel[2] > 180 && pixel[0] < 90 ? 'b' : '.';
  }
  /// Corners clockwise from the top left.
  static std::string corners(const VImage& image) {
    const int right = image.width() - 2;
    const int bottom = image.height() - 2;
    return {colour(image, 1, 1), colour(image, right, 1), colour(image, right, bottom), colour(image, 1, bottom)};
  }
  static std::vector<std::string> split(const std::string& sequence) {
    std::vector<std::string> files;
    for (std::size_t at = 0; at + 8 <= sequence.size();) {
      std::size_t size = 0;
      for (std::size_t i = 8; i-- > 0;) size = (size << 8) | static_cast<unsigned char>(sequence[at + i]);
      files.push_back(sequence.substr(at + 8, size));
      at += 8 + size;
    }
    return files;
  }
  static std::string animation(int frames, const char* suffix = ".gif") {
    std::vector<VImage> list;
    for (int i = 0; i < frames; ++i)
      list.push_back(plain(20, 10, {i % 3 == 0 ? 255.0 : 0, i % 3 == 1 ? 255.0 : 0, i % 3 == 2 ? 255.0 : 0}));
    auto roll = VImage::arrayjoin(list, VImage::option()->set("across", 1)).copy();
    roll.set("page-height", 10);
    std::vector<int> delays;
    for (int i = 0; i < frames; ++i) delays.push_back(100 * (i + 1));
    roll.set("delay", delays);
    return encoded(roll, suffix);
  }

  test::TemporaryFolder folder_;
  boost::json::object last_;
  std::vector<std::unique_ptr<std::string>> kept_;
};

TEST_F(Convert, EveryOutputIsWhatItsFormatSays) {
  const auto png = encoded(flag(), ".png");
  for (const auto* to : {"jpg", "png", "webp", "gif", "tiff", "avif", "heic", "heif", "bmp", "jp2", "jxl", "ppm", "pgm",
                         "ico", "tga", "pdf"}) {
    const auto result = run(png, "png", to);
    ASSERT_TRUE(result) << to << ": " << result.error().message;
    const auto found = format::sniff(*result);
    const std::string expected = std::string_view(to) == "heif" ? "heic" : std::string_view(to) == "tga" ? "" : to;
    EXPECT_EQ(found, expected) << to;
    EXPECT_EQ(last_.at("width"), 60) << to;
    EXPECT_EQ(last_.at("height"), 40) << to;
  }
}

TEST_F(Convert, ReadsBackWhatItWrites) {
  const auto png = encoded(flag(), ".png");
  for (const auto* middle : {"jpg", "webp", "gif", "tiff", "avif", "heic", "bmp", "jp2", "jxl", "ppm", "ico", "tga"}) {
    const auto there = run(png, "png", middle);
    ASSERT_TRUE(there) << middle;
    EXPECT_EQ(corners(converted(*there, middle, "png")), "ggbr") << middle;
  }
}

TEST_F(Convert, KeepsAlphaWhereTheTargetHasIt) {
  const auto png = encoded(plain(8, 8, {255, 0, 0, 128}), ".png");
  for (const auto* middle : {"webp", "tiff", "avif", "bmp", "tga", "ico", "jxl", "png"}) {
    const auto there = run(png, "png", middle);
    ASSERT_TRUE(there) << middle;
    const auto back = converted(*there, middle, "png");
    ASSERT_EQ(back.bands(), 4) << middle;
    EXPECT_NEAR(back.getpoint(3, 3)[3], 128, 4) << middle;
    EXPECT_GT(back.getpoint(3, 3)[0], 240) << middle;
  }
}

TEST_F(Convert, FlattensOntoWhiteOrTheWantedBackground) {
  const auto png = encoded(plain(8, 8, {0, 0, 0, 0}), ".png");
  EXPECT_EQ(colour(converted(png, "png", "jpg"), 3, 3), 'w');
  EXPECT_EQ(colour(converted(png, "png", "jpg", {{"background", "#ff0000"}}), 3, 3), 'r');
  const auto flat = converted(png, "png", "png", {{"background", "#00f"}});
  EXPECT_EQ(flat.bands(), 3);
  EXPECT_EQ(colour(flat, 3, 3), 'b');
  EXPECT_EQ(colour(converted(encoded(plain(8, 8, {0, 0}), ".png"), "png", "jpg"), 3, 3), 'w');
}

TEST_F(Convert, TurnsAllEightOrientationsUpright) {
  // What a flag must look like in the file so that the viewer who obeys the tag sees "ggbr".
  const auto upright = flag();
  for (int tag = 1; tag <= 8; ++tag) {
    auto stored = upright;
    if (tag == 2) stored = upright.flip(VIPS_DIRECTION_HORIZONTAL);
    if (tag == 3) stored = upright.rot180();
    if (tag == 4) stored = upright.flip(VIPS_DIRECTION_VERTICAL);
    if (tag == 5) stored = upright.rot90().flip(VIPS_DIRECTION_HORIZONTAL);
    if (tag == 6) stored = upright.rot270();
    if (tag == 7) stored = upright.rot270().flip(VIPS_DIRECTION_HORIZONTAL);
    if (tag == 8) stored = upright.rot90();
    stored = stored.copy();
    stored.set(VIPS_META_ORIENTATION, tag);
    const auto jpg = encoded(stored, ".jpg");
    const auto png = converted(jpg, "jpg", "png");
    EXPECT_EQ(corners(png), "ggbr") << tag;
    EXPECT_EQ(size(png), "60x40") << tag;
    const auto small = converted(jpg, "jpg", "png", {{"width", 30}});
    EXPECT_EQ(size(small), "30x20") << tag;
    EXPECT_EQ(corners(small), "ggbr") << tag;
    const auto again = converted(*std::make_unique<std::string>(encoded(png, ".png")), "png", "png");
    EXPECT_TRUE(again.get_typeof(VIPS_META_ORIENTATION) == 0 || again.get_int(VIPS_META_ORIENTATION) == 1) << tag;
  }
}

TEST_F(Convert, LeavesTheOrientationAloneIfAsked) {
  auto stored = flag().copy();
  stored.set(VIPS_META_ORIENTATION, 6);
  const auto same = converted(encoded(stored, ".jpg"), "jpg", "jpg", {{"auto_orient", false}});
  EXPECT_EQ(size(same), "60x40");
  EXPECT_EQ(same.get_int(VIPS_META_ORIENTATION), 6);
}

TEST_F(Convert, FitsIntoABox) {
  const auto png = encoded(flag(600, 400), ".png");
  const auto made = [&](boost::json::object options) { return size(converted(png, "png", "png", std::move(options))); };
  EXPECT_EQ(made({{"width", 300}}), "300x200");
  EXPECT_EQ(made({{"height", 100}}), "150x100");
  EXPECT_EQ(made({{"width", 300}, {"height", 300}}), "300x200");
  EXPECT_EQ(made({{"width", 1200}}), "600x400");
  EXPECT_EQ(made({{"width", 1200}, {"fit", "scale"}}), "1200x800");
  EXPECT_EQ(made({{"width", 50}, {"height", 200}, {"fit", "scale"}}), "50x200");
  EXPECT_EQ(made({{"width", 100}, {"height", 100}, {"fit", "crop"}}), "100x100");
  EXPECT_EQ(made({{"width", 700}, {"height", 301}, {"fit", "crop"}}), "700x301");
  EXPECT_EQ(made({{"width", 1}}), "1x1");
}

TEST_F(Convert, ShrinksWhileItDecodes) {
  const auto jpg = encoded(flag(1601, 1067), ".jpg");
  const auto small = converted(jpg, "jpg", "jpg", {{"width", 100}, {"height", 100}});
  EXPECT_EQ(size(small), "100x67");
  EXPECT_EQ(corners(small), "ggbr");
  const auto webp = encoded(flag(1601, 1067), ".webp");
  EXPECT_EQ(size(converted(webp, "webp", "png", {{"width", 100}})), "100x67");
}

TEST_F(Convert, Rotates) {
  const auto png = encoded(flag(), ".png");
  const auto right = converted(png, "png", "png", {{"rotate", 90}});
  EXPECT_EQ(size(right), "40x60");
  EXPECT_EQ(corners(right), "rggb");
  EXPECT_EQ(corners(converted(png, "png", "png", {{"rotate", -90}})), "gbrg");
  EXPECT_EQ(size(converted(png, "png", "png", {{"rotate", 90}, {"width", 20}})), "20x30");
  const auto slanted = converted(png, "png", "jpg", {{"rotate", 45}});
  EXPECT_GT(slanted.width(), 65);
  EXPECT_EQ(colour(slanted, 1, 1), 'w');
  EXPECT_EQ(converted(png, "png", "png", {{"rotate", 45}}).bands(), 4);
}

TEST_F(Convert, ChangesColours) {
  const auto png = encoded(flag(), ".png");
  EXPECT_EQ(converted(png, "png", "jpg", {{"grayscale", true}}).bands(), 1);
  EXPECT_EQ(converted(png, "png", "png", {{"colorspace", "grayscale"}}).bands(), 1);
  const auto cmyk = run(png, "png", "jpg", {{"colorspace", "cmyk"}});
  ASSERT_TRUE(cmyk);
  if (std::filesystem::exists("/usr/share/color/icc/ghostscript/default_cmyk.icc")) {
    EXPECT_LT(cmyk->size(), 300'000U) << "a small profile comes along";
  }
  EXPECT_EQ(decoded(*cmyk).interpretation(), VIPS_INTERPRETATION_CMYK);
  const auto back = converted(*cmyk, "jpg", "png");
  EXPECT_EQ(back.bands(), 3);
  const auto red = back.getpoint(5, 30);
  EXPECT_GT(red[0], 200);
  EXPECT_LT(red[2], 90);
  EXPECT_EQ(converted(*cmyk, "jpg", "tiff").interpretation(), VIPS_INTERPRETATION_CMYK);
  EXPECT_EQ(converted(*cmyk, "jpg", "jpg", {{"colorspace", "rgb"}}).bands(), 3);
  const auto gray = encoded(plain(9, 9, {100}), ".png");
  EXPECT_EQ(converted(gray, "png", "jpg").bands(), 1);
  EXPECT_EQ(converted(gray, "png", "jpg", {{"colorspace", "rgb"}}).bands(), 3);
}

TEST_F(Convert, KeepsProfilesUnlessStripped) {
  auto wide = flag().icc_transform("p3", VImage::option()->set("input_profile", "srgb"));
  const auto png = encoded(wide, ".png");
  const auto kept = converted(png, "png", "jpg");
  EXPECT_NE(kept.get_typeof(VIPS_META_ICC_NAME), 0U);
  const auto stripped = converted(png, "png", "png", {{"strip", true}});
  EXPECT_EQ(stripped.get_typeof(VIPS_META_ICC_NAME), 0U);
  EXPECT_GT(stripped.getpoint(5, 30)[0], 250);  // P3 says 234 for this red
  EXPECT_LT(stripped.getpoint(5, 30)[1], 12);
  const auto bmp = run(png, "png", "bmp");
  EXPECT_GT(converted(*bmp, "bmp", "png").getpoint(5, 30)[0], 250);
}

TEST_F(Convert, SixteenBitsSurviveWhereTheyCan) {
  const auto deep = flag().colourspace(VIPS_INTERPRETATION_RGB16);
  const auto png = encoded(deep, ".png");
  EXPECT_EQ(converted(png, "png", "tiff").format(), VIPS_FORMAT_USHORT);
  EXPECT_EQ(corners(converted(png, "png", "jpg")), "ggbr");
  EXPECT_EQ(corners(converted(png, "png", "webp")), "ggbr");
}

TEST_F(Convert, AnimationsKeepTheirFrames) {
  const auto gif = animation(4);
  const auto webp = run(gif, "gif", "webp");
  ASSERT_TRUE(webp) << webp.error().message;
  const auto image = decoded(*webp, "[n=-1]");
  EXPECT_EQ(image.get_int("n-pages"), 4);
  EXPECT_EQ(image.get_int("page-height"), 10);
  EXPECT_EQ(image.get_array_int("delay"), (std::vector<int>{100, 200, 300, 400}));
  const auto back = run(*webp, "webp", "gif", {{"width", 10}, {"pages", "2-3"}});
  ASSERT_TRUE(back) << back.error().message;
  const auto small = decoded(*back, "[n=-1]");
  EXPECT_EQ(small.get_int("n-pages"), 2);
  EXPECT_EQ(size(small), "10x10");
  EXPECT_EQ(small.get_array_int("delay"), (std::vector<int>{200, 300}));
  EXPECT_EQ(colour(small, 3, 2), 'g');
  EXPECT_EQ(colour(small, 3, 7), 'b');
}

TEST_F(Convert, FramesBecomeFiles) {
  const auto result = run(animation(3), "gif", "png", {}, true);
  ASSERT_TRUE(result) << result.error().message;
  const auto files = split(*result);
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(colour(decoded(files[0]), 3, 3), 'r');
  EXPECT_EQ(colour(decoded(files[2]), 3, 3), 'b');
  EXPECT_EQ(last_.at("files"), 3);
}

TEST_F(Convert, PagesOfATiffBecomeFilesOrOneFile) {
  auto roll =
      VImage::arrayjoin({plain(30, 20, {255, 0, 0}), plain(30, 20, {0, 255, 0})}, VImage::option()->set("across", 1))
          .copy();
  roll.set("page-height", 20);
  const auto tiff = encoded(roll, ".tif");
  const auto result = run(tiff, "tiff", "png", {}, true);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(split(*result).size(), 2U);
  EXPECT_EQ(colour(decoded(split(*result)[1]), 3, 3), 'g');
  const auto second = run(tiff, "tiff", "jpg", {{"pages", "2"}});
  ASSERT_TRUE(second);
  EXPECT_EQ(colour(decoded(*second), 3, 3), 'g');
  const auto again = run(tiff, "tiff", "tiff", {{"width", 15}});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(decoded(*again).get_int("n-pages"), 2);
  EXPECT_EQ(size(decoded(*again)), "15x10");
  const auto gif = run(tiff, "tiff", "gif");
  ASSERT_TRUE(gif) << gif.error().message;
  EXPECT_EQ(decoded(*gif).get_int("n-pages"), 2);
  EXPECT_EQ(run(tiff, "tiff", "png", {{"pages", "3-"}}, true).error().code, ErrorCode::conversion_failed);
}

TEST_F(Convert, DrawingsAreRenderedAtTheWantedSize) {
  const std::string svg =
      "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='40' height='20' fill='#f00'/></svg>";
  EXPECT_EQ(size(converted(svg, "svg", "png")), "40x20");
  EXPECT_EQ(size(converted(svg, "svg", "png", {{"pixel_density", 192}})), "80x40");
  EXPECT_EQ(size(converted(svg, "svg", "png", {{"width", 400}})), "400x200");
  const std::string inches = "<svg xmlns='http://www.w3.org/2000/svg' width='1in' height='25.4mm'/>";
  EXPECT_EQ(size(converted(inches, "svg", "png")), "96x96");
  EXPECT_EQ(size(converted(svg, "svg", "jpg", {{"width", 10}})), "10x5");
  EXPECT_EQ(run(svg, "svg", "png", {{"width", 60'000}}).error().code, ErrorCode::pixel_limit);
}

TEST_F(Convert, ADrawingThatOverflowsTheLibraryIsRefused) {
  const std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='1000000000' height=\"9\"></svg>";
  EXPECT_EQ(run(svg, "svg", "png").error().code, ErrorCode::pixel_limit);
}

TEST_F(Convert, ADrawingIsNotLoadedUnderAnotherName) {
  const std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'/>";
  EXPECT_EQ(run(svg, "png", "jpg").error().code, ErrorCode::open_failed);
}

TEST_F(Convert, ADrawingCannotReadFiles) {
  const auto secret = folder_.path() / "secret.png";
  const auto name = secret.string();
  plain(40, 20, {255, 0, 0}).pngsave(name.c_str());
  for (const auto& reference : {"file://" + name, name, "secret.png" + std::string()}) {
    const auto svg =
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='20'>"
        "<image width='40' height='20' xlink:href='" +
        reference + "'/></svg>";
    EXPECT_EQ(colour(converted(svg, "svg", "jpg"), 10, 10), 'w') << reference;
  }
}

TEST_F(Convert, RefusesTooManyPixelsBeforeDecoding) {
  const auto png = encoded(VImage::black(2000, 2000), ".png");
  EXPECT_EQ(run(png, "png", "jpg", {}, false, 3'999'999).error().code, ErrorCode::pixel_limit);
  EXPECT_TRUE(run(png, "png", "jpg", {}, false, 4'000'000));
  EXPECT_EQ(run(animation(10), "gif", "webp", {}, false, 1999).error().code, ErrorCode::pixel_limit);
  EXPECT_EQ(run(png, "png", "png", {{"width", 4000}, {"fit", "scale"}}, false, 4'000'000).error().code,
            ErrorCode::pixel_limit);
}

TEST_F(Convert, SaysOpenFailedForDamagedFiles) {
  const auto jpg = encoded(flag(600, 400), ".jpg");
  EXPECT_EQ(run(jpg.substr(0, jpg.size() / 2), "jpg", "png").error().code, ErrorCode::open_failed);
  const auto png = encoded(flag(600, 400), ".png");
  EXPECT_EQ(run(png.substr(0, png.size() / 2), "png", "jpg").error().code, ErrorCode::open_failed);
  EXPECT_EQ(run(png.substr(0, 20), "png", "jpg").error().code, ErrorCode::open_failed);
  EXPECT_EQ(run("", "png", "jpg").error().code, ErrorCode::open_failed);
  EXPECT_EQ(run("not an image", "png", "jpg").error().code, ErrorCode::open_failed);
  EXPECT_EQ(run("%PDF-1.4", "png", "jpg").error().code, ErrorCode::open_failed);
}

TEST_F(Convert, SaysConversionFailedForWhatAFormatCannotHold) {
  const auto png = encoded(VImage::black(17'000, 2), ".png");
  EXPECT_EQ(run(png, "png", "webp").error().code, ErrorCode::conversion_failed);
  EXPECT_TRUE(run(png, "png", "png"));
}

TEST_F(Convert, GoesByContentNotByName) {
  EXPECT_EQ(corners(converted(encoded(flag(), ".png"), "jpg", "png")), "ggbr");
}

}  // namespace
}  // namespace recast::engines::vips
