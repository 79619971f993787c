#pragma once

#include "engine/plan.hpp"

namespace recast::engines::ffmpeg {

/// The task's error for a failed step of ffprobe or ffmpeg.
Error explain(const engine::StepEnd& end);

}  // namespace recast::engines::ffmpeg
