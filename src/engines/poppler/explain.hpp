#pragma once

#include "engine/plan.hpp"

namespace recast::engines::poppler {

/// The task's error for a failed step of Poppler or of the ImageMagick step after it.
Error explain(const engine::StepEnd& end);

}  // namespace recast::engines::poppler
