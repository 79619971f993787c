#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace recast::format {

/// A `pages` option (processing.md 2.4): "3", "1-2", "1,2,5-7", "5-", "-3", blanks allowed, 1-based. Order and
/// repetition are kept. An empty list means all pages.
class PageList {
 public:
  struct Range {
    int first = 1;
    int last = 0;  ///< kOpen: to the end
  };
  static constexpr int kOpen = 0;

  /// invalid_data on field "pages" for anything else: zero, a backward range, more than 1,000 ranges.
  static Result<PageList> parse(std::string_view text);

  bool all() const { return ranges_.empty(); }
  const std::vector<Range>& ranges() const { return ranges_; }
  /// Sorted, overlaps merged: what engines that render each page once want.
  std::vector<Range> merged() const;
  /// The page if the list names exactly one.
  std::optional<int> single() const;

 private:
  std::vector<Range> ranges_;
};

}  // namespace recast::format
