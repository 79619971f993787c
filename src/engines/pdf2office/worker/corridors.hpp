#pragma once

#include <vector>

#include "engines/pdf2office/worker/tables.hpp"

namespace recast::engines::pdf2office {

/// A row of words and its parts that stand apart.
struct Line {
  Words words;
  Rows chunks;
};

/// The white between the columns of some rows: crossed by at most a tenth of them, as wide as that many rows need to be
/// believed (less where the gaps have no space character on a page that writes those), and not just the space between
/// words.
std::vector<Corridor> find_corridors(const std::vector<Line>& region, bool real_spaces);

}  // namespace recast::engines::pdf2office
