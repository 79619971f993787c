#pragma once

#include <string_view>
#include <vector>

#include "engine/engine.hpp"

/// Subtitle files, and the first subtitle track of a film as one.
namespace recast::engines::ffmpeg {

bool is_subtitle(std::string_view format);
std::vector<engine::Conversion> subtitle_conversions();
engine::Plan subtitle_plan(const engine::Request& request);

}  // namespace recast::engines::ffmpeg
