#pragma once

#include <string_view>

#include "engines/stamp/worker/drawing.hpp"

namespace recast::engines::stamp {

/// The size at which a picture or film is shown, from lines such as "width=640" and, of a film, ffprobe's
/// "sample_aspect_ratio=4:3" and "rotation=-90". open_failed if it does not tell a size.
Result<Drawing::Canvas> canvas_of(std::string_view look);

}  // namespace recast::engines::stamp
