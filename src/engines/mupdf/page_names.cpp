#include "engines/mupdf/page_names.hpp"

#include <fmt/format.h>

namespace recast::engines::mupdf {

std::vector<std::string> page_patterns(const format::PageList::Range& range, std::string_view extension) {
  const int last = range.last == format::PageList::kOpen || range.last > kMostPages ? kMostPages : range.last;
  if (range.first <= 1 && last == kMostPages) return {fmt::format("out/page-*.{}", extension)};
  std::vector<std::string> patterns;
  for (int page = range.first; page <= last;) {
    // The largest block of ten, a hundred, … that starts here and ends inside the range is one pattern.
    int block = 1, digits = 5;
    while (page % (block * 10) == 0 && page + block * 10 - 1 <= last) block *= 10, --digits;
    patterns.push_back(fmt::format("out/page-{:0{}}{}.{}", page / block, digits, block > 1 ? "*" : "", extension));
    page += block;
  }
  return patterns;
}

}  // namespace recast::engines::mupdf
