#include "engines/qpdf/worker/selection.hpp"

#include <algorithm>

namespace recast::engines::qpdf {

namespace {
constexpr std::size_t kMostPages = 100'000;
}

Result<std::vector<std::size_t>> select_pages(const format::PageList& list, std::size_t count) {
  auto ranges = list.ranges();
  if (ranges.empty()) ranges.push_back({1, format::PageList::kOpen});
  std::vector<std::size_t> pages;
  for (const auto& range : ranges) {
    const auto end = static_cast<std::size_t>(range.last);
    const auto last = range.last == format::PageList::kOpen ? count : std::min(end, count);
    for (auto page = static_cast<std::size_t>(range.first); page <= last; ++page) {
      if (pages.size() == kMostPages) return fail(ErrorCode::page_limit, "More than 100,000 pages.", "pages");
      pages.push_back(page - 1);
    }
  }
  if (pages.empty()) return fail(ErrorCode::conversion_failed, "no such page", "pages");
  return pages;
}

}  // namespace recast::engines::qpdf
