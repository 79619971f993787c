#pragma once

#include <string_view>
#include <vector>

namespace recast::test {

/// The size of a page on paper: its MediaBox after rotation, in points.
struct PageSize {
  double width = 0;
  double height = 0;
};

/// The pages of a PDF, as libqpdf reads it: a test that searches the bytes itself finds nothing in files whose objects
/// are compressed. Throws std::exception where the PDF cannot be read.
std::vector<PageSize> page_sizes(std::string_view pdf);

}  // namespace recast::test
