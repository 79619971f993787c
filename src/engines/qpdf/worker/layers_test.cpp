#include "engines/qpdf/worker/layers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>

namespace recast::engines::qpdf {
namespace {

/// Yellowish paper of 128 x 96 pixels with a blue bar of ink, 80 x 8, and its blurred edge.
Raster page() {
  Raster page{128, 96, std::vector<std::uint8_t>(128 * 96 * 3)};
  for (std::size_t y = 0; y < page.height; ++y) {
    for (std::size_t x = 0; x < page.width; ++x) {
      const bool column = x >= 20 && x < 100, ink = column && y >= 40 && y < 48, edge = column && (y == 39 || y == 48);
      const std::array<std::uint8_t, 3> colour = ink    ? std::array<std::uint8_t, 3>{20, 20, 120}
                                                 : edge ? std::array<std::uint8_t, 3>{180, 175, 170}
                                                        : std::array<std::uint8_t, 3>{240, 235, 200};
      std::copy(colour.begin(), colour.end(), page.at(x, y));
    }
  }
  return page;
}

TEST(Layers, FindInkButNeitherPaperNorEdges) {
  const auto ink = find_ink(page());
  EXPECT_EQ(ink.at(20, 40), 1);
  EXPECT_EQ(ink.at(99, 47), 1);
  EXPECT_EQ(ink.at(60, 39), 0);
  EXPECT_EQ(ink.at(10, 44), 0);
  EXPECT_EQ(std::count(ink.bits.begin(), ink.bits.end(), 1), 80 * 8);
}

TEST(Layers, SeeNoInkInShadowsAndBlackPages) {
  Raster shadow{256, 64, std::vector<std::uint8_t>(256 * 64 * 3)};
  for (std::size_t at = 0; at < shadow.pixels.size(); ++at)
    shadow.pixels[at] = static_cast<std::uint8_t>(at / 3 % 256);  // from black to white, slowly
  for (const auto& raster : {shadow, Raster{64, 64, std::vector<std::uint8_t>(64 * 64 * 3)}}) {
    const auto ink = find_ink(raster);
    EXPECT_LT(std::count(ink.bits.begin(), ink.bits.end(), 1), static_cast<long>(ink.bits.size() / 8));
  }
}

TEST(Layers, TellPaperAndInkApart) {
  const auto drawn = page();
  const auto ink = find_ink(drawn);
  const auto paper = layer(drawn, ink, Part::paper, 3);
  EXPECT_EQ(paper.width, 43U);
  EXPECT_EQ(paper.height, 32U);
  EXPECT_EQ(plain(paper, 3), (Colour{240, 235, 200}));  // nothing of the bar is left
  EXPECT_EQ(plain(layer(drawn, ink, Part::ink, 12), 3), (Colour{20, 20, 120}));
  EXPECT_FALSE(plain(drawn, 10));
}

TEST(Layers, CanBeOfPagesWithoutInkAndOfOnePixel) {
  const Raster white{1, 1, {255, 255, 255}};
  const auto ink = find_ink(white);
  EXPECT_EQ(ink.at(0, 0), 0);
  EXPECT_EQ(plain(layer(white, ink, Part::ink, 12), 0), (Colour{255, 255, 255}));
  EXPECT_EQ(plain(layer(white, ink, Part::paper, 3), 0), (Colour{255, 255, 255}));
}

TEST(Raster, IsReadPageByPageAndNotBeyond) {
  std::string stream = "P6\n2 1\n255\nabcdefP6 1 1 255\nxyzP6\n9 9\n255\nabc";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fmemopen(stream.data(), stream.size(), "r"),
                                                             &std::fclose);
  const auto first = read_ppm(file.get());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->width, 2U);
  EXPECT_EQ(std::string(first->pixels.begin(), first->pixels.end()), "abcdef");
  const auto second = read_ppm(file.get());
  ASSERT_TRUE(second);
  EXPECT_EQ(std::string(second->pixels.begin(), second->pixels.end()), "xyz");
  EXPECT_FALSE(read_ppm(file.get()));  // cut off
}

TEST(Raster, MustNotBeTooLarge) {
  std::string stream = "P6\n99999999 99999999\n255\n";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(::fmemopen(stream.data(), stream.size(), "r"),
                                                             &std::fclose);
  const auto read = read_ppm(file.get());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::memory_limit);
}

TEST(Raster, IsOneOfGraysIfItHasNoColours) {
  bool gray = false;
  EXPECT_EQ(encode_jpeg({1, 1, {100, 104, 99}}, 50, gray).substr(0, 2), "\xff\xd8");
  EXPECT_TRUE(gray);
  encode_jpeg({1, 1, {200, 104, 99}}, 50, gray);
  EXPECT_FALSE(gray);
}

}  // namespace
}  // namespace recast::engines::qpdf
