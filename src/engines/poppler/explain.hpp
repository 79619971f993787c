#pragma once

#include "engine/plan.hpp"

namespace recast::engines::poppler {

/// The task's error for a failed step of Poppler or of the ImageMagick step after it.
Error explain(const engine::StepEnd& end);
/// Of a page too large for its integers Poppler draws one pixel, and says so only on standard error.
std::optional<Error> doubt(const engine::StepEnd& end);

}  // namespace recast::engines::poppler
