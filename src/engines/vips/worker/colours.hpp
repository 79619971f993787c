#pragma once

#include <string>
#include <vips/vips8>

#include "engines/vips/worker/target.hpp"

namespace recast::engines::vips {

struct ColourWish {
  bool gray = false;
  bool cmyk = false;
  bool rgb = false;
  bool drop_profile = false;
  std::string background;  ///< empty: keep transparency if the target can, else white
};

bool is_deep(const ::vips::VImage& image);
/// Gray, RGB and CMYK of 8 or 16 bits stay as they are; all else (Lab, float, palettes of odd files) becomes sRGB.
::vips::VImage known_space(const ::vips::VImage& image);
/// By the embedded profile if there is one that works, else by libvips' own. The result carries no profile.
::vips::VImage to_srgb(const ::vips::VImage& image);
/// Bands, depth and profile as the target can hold them.
::vips::VImage fit_colours(::vips::VImage image, const ColourWish& wish, const Target& target);

}  // namespace recast::engines::vips
