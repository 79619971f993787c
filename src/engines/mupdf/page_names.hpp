#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/page_list.hpp"

namespace recast::engines::mupdf {

/// mutool draws the last page for a page number behind the end, so the pages it wrote are chosen by name: outputs are
/// called "page-00001.png", and these are the patterns (one * each at most) of exactly the pages of `range`.
std::vector<std::string> page_patterns(const format::PageList::Range& range, std::string_view extension);

inline constexpr int kMostPages = 99'999;

}  // namespace recast::engines::mupdf
