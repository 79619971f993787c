#include "net/fields.hpp"

#include <charconv>

namespace recast::net {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> range_start(std::string_view content_range) {
  if (!lower(content_range).starts_with("bytes ")) return std::nullopt;
  const auto rest = trim(content_range.substr(6));
  return whole_number(rest.substr(0, rest.find('-')));
}

}  // namespace recast::net
