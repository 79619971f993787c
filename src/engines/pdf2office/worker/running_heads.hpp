#pragma once

#include <vector>

#include "engines/pdf2office/worker/model.hpp"

namespace recast::engines::pdf2office {

struct RunningHeads {
  Rows header;
  Rows footer;
};

/// For every page the rows at its edges that come back, numbers aside, on most pages. Fewer than three pages have none.
std::vector<RunningHeads> running_heads(const Document& document);

}  // namespace recast::engines::pdf2office
