#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/plan.hpp"
#include "engines/ffmpeg/codecs.hpp"
#include "engines/ffmpeg/times.hpp"

namespace recast::engines::ffmpeg {

void append(Arguments& to, Arguments more);

/// What ffmpeg says to every conversion: nothing but errors and how far it is.
Arguments quiet();

/// What ffprobe and ffmpeg may open: files only, and only kinds that do not lead to other files.
Arguments opening(const std::string& input);

engine::ProgramStep program(std::string name, Arguments arguments);

/// A plan of ffprobe, which tells the duration, and of ffmpeg with `arguments`, which reports how far it is. Its end is
/// explained.
engine::Plan convert_with_progress(const std::string& input, Arguments arguments, const Progress& progress);

}  // namespace recast::engines::ffmpeg
