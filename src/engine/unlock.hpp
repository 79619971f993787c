#pragma once

#include <string>

#include "engine/plan.hpp"

namespace recast::engine {

/// Has a plan begin with opening an encrypted PDF, for programs that would want its password among their arguments,
/// where other users of the machine can read it. Where the plan's steps find the document: `input` itself if there is
/// no password. The worker of the engine qpdf does it; without that one such a plan fails.
std::string unlock_pdf(Plan& plan, const std::string& input, const std::string& password);

}  // namespace recast::engine
