#pragma once

#include <optional>

#include "engine/plan.hpp"

namespace recast::engines::ffmpeg {

/// The task's error for a failed step of ffprobe or ffmpeg.
Error explain(const engine::StepEnd& end);

/// ffmpeg also ends well when nothing was left to code: what -progress told says so.
std::optional<Error> doubt(const engine::StepEnd& end);

}  // namespace recast::engines::ffmpeg
