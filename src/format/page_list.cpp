#include "format/page_list.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace recast::format {

namespace {

constexpr std::size_t kMostRanges = 1'000;
constexpr int kLargestPage = 1'000'000'000;

std::unexpected<Error> refuse() {
  return fail(ErrorCode::invalid_data, "The pages must be a list such as 1-2,5.", "pages");
}

std::optional<int> page_number(std::string_view text) {
  int value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  // from_chars takes a minus sign, but "-3" never comes here: the minus was the separator.
  if (text.empty() || problem != std::errc{} || stop != end || value < 1 || value > kLargestPage) return std::nullopt;
  return value;
}

std::optional<PageList::Range> range(std::string_view part) {
  const auto dash = part.find('-');
  const auto left = trim(part.substr(0, dash));
  if (dash == std::string_view::npos) {
    const auto page = page_number(left);
    if (!page) return std::nullopt;
    return PageList::Range{*page, *page};
  }
  const auto right = trim(part.substr(dash + 1));
  if (left.empty() && right.empty()) return std::nullopt;
  PageList::Range result{1, PageList::kOpen};
  if (!left.empty()) {
    const auto first = page_number(left);
    if (!first) return std::nullopt;
    result.first = *first;
  }
  if (!right.empty()) {
    const auto last = page_number(right);
    if (!last || *last < result.first) return std::nullopt;
    result.last = *last;
  }
  return result;
}

}  // namespace

Result<PageList> PageList::parse(std::string_view text) {
  PageList list;
  if (trim(text).empty()) return list;
  std::size_t start = 0;
  while (start <= text.size()) {
    const auto comma = std::min(text.find(',', start), text.size());
    const auto one = range(trim(text.substr(start, comma - start)));
    if (!one || list.ranges_.size() == kMostRanges) return refuse();
    list.ranges_.push_back(*one);
    start = comma + 1;
  }
  return list;
}

std::vector<PageList::Range> PageList::merged() const {
  auto sorted = ranges_;
  std::ranges::sort(sorted, {}, &Range::first);
  std::vector<Range> result;
  for (const auto& next : sorted) {
    if (result.empty() || (result.back().last != kOpen && next.first > result.back().last + 1)) {
      result.push_back(next);
      continue;
    }
    auto& last = result.back().last;
    if (last != kOpen) last = next.last == kOpen ? kOpen : std::max(last, next.last);
  }
  return result;
}

std::optional<int> PageList::single() const {
  if (ranges_.size() != 1 || ranges_.front().first != ranges_.front().last) return std::nullopt;
  return ranges_.front().first;
}

}  // namespace recast::format
