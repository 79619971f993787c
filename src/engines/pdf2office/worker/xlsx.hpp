#pragma once

#include <vector>

#include "base/result.hpp"
#include "engines/pdf2office/worker/sheets.hpp"

namespace recast::engines::pdf2office {

/// Texts that are numbers by the document's own decimal mark become numbers, shown as they were written.
Result<> write_xlsx(int fd, const std::vector<Sheet>& sheets);

}  // namespace recast::engines::pdf2office
