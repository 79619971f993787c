#pragma once

#include <vector>

#include "engine/engine.hpp"

namespace recast::engines::ffmpeg {

/// Sound with the picture that its file may bring along.
std::vector<engine::Conversion> covers();

/// That picture as it is found, or in another format.
engine::Plan plan_cover(const engine::Request& request);

}  // namespace recast::engines::ffmpeg
