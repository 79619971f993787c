#pragma once

#include "base/result.hpp"
#include "engines/pdf2office/worker/flow.hpp"
#include "engines/pdf2office/worker/media.hpp"

namespace recast::engines::pdf2office {

/// The picture of page `number` without its text.
std::string paper_file(int number);

/// A slide for each page: everything but the text is one picture behind it, paragraphs that belong together are text
/// boxes, tables are tables.
Result<> write_pptx(int fd, const Flow& flow, const Media& media);

}  // namespace recast::engines::pdf2office
