#include <algorithm>
#include <cstddef>

#include "base/text.hpp"
#include "http/multipart.hpp"

namespace recast::http {

namespace {

constexpr std::uint64_t kHuge = UINT64_MAX;

/// Digits only; numbers too large for the type become the largest one, which lies outside of every file.
bool read_number(std::string_view text, std::uint64_t& number) {
  if (text.empty()) return false;
  number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kHuge - digit) / 10 ? kHuge : number * 10 + digit;
  }
  return true;
}

}  // namespace

RangeOutcome parse_range(std::string_view header, std::uint64_t size, ByteRange& range) {
  constexpr std::string_view unit = "bytes=";
  header = trim(header);
  if (header.size() < unit.size() || !equal_ignoring_case(header.substr(0, unit.size()), unit)) {
    return RangeOutcome::whole;
  }
  const auto spec = trim(header.substr(unit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return RangeOutcome::whole;
  const auto from = spec.substr(0, dash), to = spec.substr(dash + 1);

  std::uint64_t first = 0, last = 0;
  if (from.empty()) {
    if (!read_number(to, last)) return RangeOutcome::whole;
    if (last == 0 || size == 0) return RangeOutcome::unsatisfiable;
    range = {size - std::min(last, size), size - 1};
    return RangeOutcome::partial;
  }
  if (!read_number(from, first)) return RangeOutcome::whole;
  if (to.empty())
    last = kHuge;
  else if (!read_number(to, last) || last < first)
    return RangeOutcome::whole;
  if (first >= size) return RangeOutcome::unsatisfiable;
  range = {first, std::min(last, size - 1)};
  return RangeOutcome::partial;
}

}  // namespace recast::http
