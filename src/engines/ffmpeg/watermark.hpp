#pragma once

#include <vector>

#include "engine/engine.hpp"

namespace recast::engines::ffmpeg {

/// Films that are written as what they were, and so can get a watermark.
std::vector<engine::Conversion> watermarked();

/// The picture coded anew with a stamp on it; sound, subtitles, chapters and titles taken over.
Result<engine::Plan> plan_watermark(const engine::Request& request);

}  // namespace recast::engines::ffmpeg
