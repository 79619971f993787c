#include "engines/vips/worker/bitmap.hpp"

#include <gtest/gtest.h>

#include "engines/vips/worker/bytes.hpp"

namespace recast::engines::vips {
namespace {

Bytes bytes_of(const std::string& text) { return {reinterpret_cast<const unsigned char*>(text.data()), text.size()}; }

/// A BMP with a header of 40 bytes.
std::string bmp(int width, int height, unsigned bits, unsigned compression, const std::string& palette,
                const std::string& pixels) {
  std::string text = "BM";
  put32(text, 0);
  put32(text, 0);
  put32(text, static_cast<std::uint32_t>(54 + palette.size()));
  put32(text, 40);
  put32(text, static_cast<std::uint32_t>(width));
  put32(text, static_cast<std::uint32_t>(height));
  put16(text, 1);
  put16(text, bits);
  put32(text, compression);
  for (int i = 0; i < 5; ++i) put32(text, 0);
  return text + palette + pixels;
}

const std::string kBlackRed{"\0\0\0\0\0\0\xff\0", 8};  // blue first

std::string reds(const Result<Bitmap>& image) {
  if (!image) return image.error().message;
  std::string text;
  for (std::size_t i = 0; i < image->pixels.size(); i += static_cast<std::size_t>(image->bands))
    text += image->pixels[i] > 127 ? '#' : '.';
  return text;
}

TEST(Bitmap, ReadsOneBitPixelsFromTheBottomUp) {
  const auto file = bmp(2, 2, 1, 0, kBlackRed, {"\x80\0\0\0\x40\0\0\0", 8});
  EXPECT_EQ(reds(read_bmp(bytes_of(file), 0)), ".##.");
}

TEST(Bitmap, ReadsRowsFromTheTopIfTheHeightIsNegative) {
  const auto file = bmp(2, -2, 1, 0, kBlackRed, {"\x80\0\0\0\x40\0\0\0", 8});
  EXPECT_EQ(reds(read_bmp(bytes_of(file), 0)), "#..#");
}

TEST(Bitmap, ReadsRuns) {
  const std::string palette = kBlackRed + std::string(254 * 4, '\0');
  const auto file = bmp(4, 2, 8, 1, palette, {"\x02\x01\0\0\0\x04\0\1\1\0\0\1", 12});
  EXPECT_EQ(reds(read_bmp(bytes_of(file), 0)), ".##.##..");
  const auto jump = bmp(3, 2, 8, 1, palette, {"\x01\x01\0\2\1\1\1\1\0\1", 10});
  EXPECT_EQ(reds(read_bmp(bytes_of(jump), 0)), "..##..");
}

TEST(Bitmap, ReadsFiveBitColours) {
  const auto file = bmp(2, 1, 16, 0, "", {"\x00\x7c\x1f\x00", 4});
  EXPECT_EQ(reds(read_bmp(bytes_of(file), 0)), "#.");
}

TEST(Bitmap, RefusesDamagedFiles) {
  const auto good = bmp(2, 2, 24, 0, "", std::string(16, 'x'));
  EXPECT_TRUE(read_bmp(bytes_of(good), 0));
  EXPECT_EQ(read_bmp(bytes_of(good.substr(0, 60)), 0).error().code, ErrorCode::open_failed);
  EXPECT_EQ(read_bmp(bytes_of(bmp(30'000, 30'000, 24, 0, "", "")), 0).error().code, ErrorCode::open_failed);
  EXPECT_EQ(read_bmp(bytes_of(bmp(30'000, 30'000, 8, 1, "", "")), 0).error().code, ErrorCode::open_failed);
  EXPECT_EQ(read_bmp(bytes_of(bmp(3'000, 3'000, 24, 0, "", "")), 1'000).error().code, ErrorCode::pixel_limit);
  EXPECT_EQ(read_bmp({}, 0).error().code, ErrorCode::open_failed);
}

TEST(Bitmap, WritesWhatItReads) {
  for (const int bands : {1, 3, 4}) {
    Bitmap image{.width = 3, .height = 2, .bands = bands, .pixels = {}};
    for (int i = 0; i < 6 * bands; ++i) image.pixels.push_back(static_cast<unsigned char>(40 + i));
    for (const bool tga : {false, true}) {
      auto file = tga ? tga_header(3, 2, bands) : bmp_header(3, 2, bands);
      const auto row = static_cast<std::size_t>(3 * bands);
      for (std::size_t y = 0; y < 2; ++y)
        append_row(file, std::span(image.pixels).subspan(y * row, row), bands, tga ? 1 : 4);
      const auto back = tga ? read_tga(bytes_of(file), 0) : read_bmp(bytes_of(file), 0);
      ASSERT_TRUE(back) << back.error().message;
      const bool widened = !tga && bands == 1;  // a palette of grays comes back as colours
      EXPECT_EQ(back->bands, widened ? 3 : bands);
      if (!widened) {
        EXPECT_EQ(back->pixels, image.pixels) << bands;
      }
    }
  }
}

TEST(Tga, ReadsPackedPixelsFromTheBottomUp) {
  std::string file(12, '\0');
  file[2] = 10;
  put16(file, 2);
  put16(file, 2);
  file += std::string("\x18\0", 2);
  file += std::string("\x81\0\0\xff\x01\0\0\0\0\0\xff", 11);  // two red; a black and a red
  EXPECT_EQ(reds(read_tga(bytes_of(file), 0)), ".###");
  EXPECT_FALSE(read_tga(bytes_of(file.substr(0, file.size() - 1)), 0));
}

TEST(Icon, ListsItsPicturesAndSkipsThoseOutsideTheFile) {
  auto file = icon_header(16, 16, 20) + std::string("\x89PNG", 4) + std::string(16, 'x');
  const auto entries = read_icon_directory(bytes_of(file));
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_TRUE(entries->front().png);
  EXPECT_EQ(entries->front().width, 16);
  EXPECT_FALSE(read_icon_directory(bytes_of(file.substr(0, 30))));
  EXPECT_FALSE(read_icon_directory({}));
}

TEST(Icon, AnOldPictureGetsItsTransparencyFromTheMask) {
  std::string dib;
  put32(dib, 40);
  put32(dib, 2);
  put32(dib, 2);  // one row of colours and one of mask
  put16(dib, 1);
  put16(dib, 24);
  for (int i = 0; i < 6; ++i) put32(dib, 0);
  dib += std::string("\0\0\xff\0\0\xff\0\0\x40\0\0\0", 12);
  const auto image = read_icon_bitmap(bytes_of(dib), 0);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->height, 1);
  EXPECT_EQ(image->pixels, (std::vector<unsigned char>{255, 0, 0, 255, 255, 0, 0, 0}));
}

}  // namespace
}  // namespace recast::engines::vips
