#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace recast::engines::potrace {

using Colour = std::array<std::uint8_t, 3>;

/// An image of few colours: each pixel is the number of its colour.
struct Pixmap {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<Colour> colours;       ///< from the brightest to the darkest
  std::vector<std::uint8_t> pixels;  ///< row by row, from the top

  /// From a PPM of 8 bits (P6). invalid_data for anything else, for more than 256 colours and for more than 100
  /// million pixels.
  static Result<Pixmap> parse(std::span<const char> ppm);
};

}  // namespace recast::engines::potrace
