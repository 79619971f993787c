#pragma once

#include <array>

#include "engines/qpdf/worker/raster.hpp"

namespace recast::engines::qpdf {

/// What of a scanned page is ink: much darker than the paper around it.
Mask find_ink(const Raster& page);

/// The page without its ink, or its ink alone, in cells of `side` pixels. Cells that have nothing of it take the
/// colours of those around them.
enum class Part { paper, ink };
Raster layer(const Raster& page, const Mask& ink, Part part, std::size_t side);

/// The mean colour of a layer whose pixels are all within `most` of it.
using Colour = std::array<int, 3>;
std::optional<Colour> plain(const Raster& layer, int most);

}  // namespace recast::engines::qpdf
