#pragma once

#include "engines/pdf2office/worker/model.hpp"
#include "engines/pdf2office/worker/xml_reader.hpp"

namespace recast::engines::pdf2office {

/// Pages with their words from what `mutool convert -F stext -O inhibit-spaces` wrote. page_limit, or file_too_large
/// for more text than a document may have.
Result<> read_text(const NextPiece& next, Document& document);

}  // namespace recast::engines::pdf2office
