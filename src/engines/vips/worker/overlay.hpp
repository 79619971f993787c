#pragma once

#include <string>
#include <vips/vips8>

#include "engines/vips/worker/order.hpp"

namespace recast::engines::vips {

/// An image with a stamp laid over it, over each frame of an animation. Depth, profile and transparency stay; gray
/// becomes colour. May throw vips::VError.
::vips::VImage lay_over(::vips::VImage image, const Overlay& stamp);

/// The place of a stamp as two numbers, such as "120 45".
Result<Overlay> read_overlay(Bytes png, std::string_view place);

}  // namespace recast::engines::vips
