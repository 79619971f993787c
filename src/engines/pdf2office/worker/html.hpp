#pragma once

#include <string>

#include "engines/pdf2office/worker/flow.hpp"
#include "engines/pdf2office/worker/media.hpp"

namespace recast::engines::pdf2office {

/// One page of text that flows, pictures within.
std::string html_of(const Flow& flow, const Media& media);

}  // namespace recast::engines::pdf2office
