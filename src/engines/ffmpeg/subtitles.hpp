#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "engines/ffmpeg/times.hpp"

/// Subtitle files, and the first subtitle track of a film as one.
namespace recast::engines::ffmpeg {

bool is_subtitle(std::string_view format);
std::vector<engine::Conversion> subtitle_conversions();
engine::Plan subtitle_plan(const engine::Request& request);

/// Steps that make tmp/subtitles.srt of a file of subtitles: what of it is seen in that part of the film.
std::vector<engine::Step> cut_subtitles(const std::string& film, const std::string& subtitles, const Trim& part);
inline constexpr std::string_view kCutSubtitles = "tmp/subtitles.srt";

}  // namespace recast::engines::ffmpeg
