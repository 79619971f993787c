#pragma once

#include "engine/plan.hpp"

namespace recast::engines::pdf2office {

/// What the task's client hears of a step that failed: mostly mutool, which is the first to see the document.
Error explain(const engine::StepEnd& end);

}  // namespace recast::engines::pdf2office
