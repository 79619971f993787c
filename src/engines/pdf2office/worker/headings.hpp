#pragma once

#include "engines/pdf2office/worker/flow.hpp"

namespace recast::engines::pdf2office {

/// Short paragraphs in larger letters are headings, their levels by size; then bold lines that stand alone.
void mark_headings(Flow& flow);

}  // namespace recast::engines::pdf2office
