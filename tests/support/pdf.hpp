#pragma once

#include <string>
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

/// A PDF of these objects, which are numbered from 1; the first is the catalogue. `trailer` are more of its entries.
std::string pdf_of_objects(const std::vector<std::string>& objects, std::string_view trailer = {});

/// A PDF of several pages of 200 x 100 points, each with its number: "page 1".
std::string pdf_of(int pages);

}  // namespace recast::test
