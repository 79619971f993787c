#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

/// Small readers and writers of formats that libvips leaves to ImageMagick. No library behind them, so that they can be
/// fuzzed alone.
namespace recast::engines::vips {

/// 8 bits a band, rows from the top, no padding.
struct Bitmap {
  int width = 0;
  int height = 0;
  int bands = 3;  ///< 1 gray, 3 RGB, 4 RGBA
  std::vector<unsigned char> pixels;
};

using Bytes = std::span<const unsigned char>;

/// open_failed if it is damaged or uses a feature nobody writes; pixel_limit over the limit (0: none).
Result<Bitmap> read_bmp(Bytes file, std::uint64_t pixel_limit);
Result<Bitmap> read_tga(Bytes file, std::uint64_t pixel_limit);

/// One picture of an icon: a PNG file, or a bitmap already.
struct IconEntry {
  int width = 0;
  int height = 0;
  int bits = 0;
  Bytes data;
  bool png = false;
};
/// The directory, as it stands in the file.
Result<std::vector<IconEntry>> read_icon_directory(Bytes file);
Result<Bitmap> read_icon_bitmap(Bytes entry, std::uint64_t pixel_limit);

/// What stands in front of the pixels. Rows follow in the order and layout that row() gives.
std::string bmp_header(int width, int height, int bands);
std::string tga_header(int width, int height, int bands);
/// The header of an icon of one PNG of `size` bytes.
std::string icon_header(int width, int height, std::size_t size);
/// A row of a BMP or TGA file from a row of a Bitmap: blue first, padded to a multiple of `align` bytes.
void append_row(std::string& to, std::span<const unsigned char> row, int bands, std::size_t align);

}  // namespace recast::engines::vips
