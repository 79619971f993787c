#pragma once

#include "engines/pdf2office/worker/model.hpp"
#include "engines/pdf2office/worker/xml_reader.hpp"

namespace recast::engines::pdf2office {

/// What `mutool draw -F trace` says the pages paint: ruling lines, filled rectangles, drawings. Never an error: what
/// cannot be read is not known.
void read_paths(const NextPiece& next, Document& document);

}  // namespace recast::engines::pdf2office
