#pragma once

#include <string>
#include <string_view>

namespace recast::engines::ffmpeg {

/// What of SubRip subtitles is seen in the part of a film from `start` to `end` seconds, in the times of that part.
/// Empty if none is. Takes SubRip as ffmpeg writes it: blocks of a number, the times and the text.
std::string cut_cues(std::string_view subtitles, double start, double end);

}  // namespace recast::engines::ffmpeg
