#pragma once

#include <string_view>

#include "engines/pdf2office/worker/model.hpp"
#include "engines/pdf2office/worker/xml_reader.hpp"

namespace recast::engines::pdf2office {

/// Where the pictures are, from what `pdftohtml -xml` wrote. `list` is what `pdfimages -list` printed: pdftohtml writes
/// pictures with a mask without it, so those have to be cut out of the drawn page. Never an error.
void read_pictures(const NextPiece& next, std::string_view list, Document& document);

}  // namespace recast::engines::pdf2office
