#pragma once

#include <vector>

#include "engines/pdf2office/worker/flow.hpp"

namespace recast::engines::pdf2office {

/// What stands in one column of a band: words, and blocks by their numbers.
struct ColumnContent {
  Words words;
  std::vector<std::size_t> blocks;
};

/// The page cut into bands whose rows share white corridors: at least 7 points, on both sides words in at least four
/// rows, on average wider than 60 points.
std::vector<std::vector<ColumnContent>> bands_of(const Words& words, const std::vector<Block>& blocks,
                                                 const Page& page);

}  // namespace recast::engines::pdf2office
