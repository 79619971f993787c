#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace recast::engines::qpdf {

/// A drawn page: three bytes a pixel, no padding.
struct Raster {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> pixels;

  const std::uint8_t* at(std::size_t x, std::size_t y) const { return &pixels[(y * width + x) * 3]; }
  std::uint8_t* at(std::size_t x, std::size_t y) { return &pixels[(y * width + x) * 3]; }
};

/// One byte a pixel, 0 or 1.
struct Mask {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> bits;

  std::uint8_t& at(std::size_t x, std::size_t y) { return bits[y * width + x]; }
  std::uint8_t at(std::size_t x, std::size_t y) const { return bits[y * width + x]; }
};

/// The next picture of a stream of binary PPM, as pdftoppm writes it for a whole document. memory_limit if a page is
/// larger than 400 million pixels.
Result<Raster> read_ppm(std::FILE* file);

/// As JPEG; as one of grays if it has no other colours, which `gray` then says.
std::string encode_jpeg(const Raster& raster, int quality, bool& gray);
/// As CCITT group 4, ones black.
Result<std::string> encode_g4(const Mask& mask);

}  // namespace recast::engines::qpdf
