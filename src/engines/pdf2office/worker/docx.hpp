#pragma once

#include "base/result.hpp"
#include "engines/pdf2office/worker/flow.hpp"
#include "engines/pdf2office/worker/media.hpp"

namespace recast::engines::pdf2office {

/// Text that flows: headings, lists, columns, tables, pictures, running heads; every page begins where it did.
Result<> write_docx(int fd, const Flow& flow, const Media& media);

}  // namespace recast::engines::pdf2office
