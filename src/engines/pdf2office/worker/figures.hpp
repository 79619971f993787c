#pragma once

#include <vector>

#include "engines/pdf2office/worker/tables.hpp"

namespace recast::engines::pdf2office {

struct Figure : Box {
  int paths = 0;
  bool curved = false;
};

/// Vector drawings: painted paths that nearly touch, with a curve among them or many of them, of some size, and no
/// table's lines.
std::vector<Figure> figures_of(const Page& page, const std::vector<Table>& tables);

}  // namespace recast::engines::pdf2office
