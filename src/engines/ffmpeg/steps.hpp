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

/// What ffmpeg is told for every conversion: to say nothing but errors and how far it is.
Arguments quiet();

/// The same for convert_with_progress(): also to say how long its input is.
Arguments telling();

/// What ffprobe and ffmpeg may open: files only, and only kinds that do not lead to other files.
Arguments opening(const std::string& input);

engine::ProgramStep program(std::string name, Arguments arguments);

/// A plan of ffmpeg with `arguments`, which begin with telling(). Its end is explained.
engine::Plan convert_with_progress(Arguments arguments, const Progress& progress);

}  // namespace recast::engines::ffmpeg
