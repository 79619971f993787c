#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "base/text.hpp"

namespace recast::net {

/// Whoever builds requests checks names and values for its own error texts; nothing else must get through here.
template <class List>
Result<> check_fields(const List& fields) {
  for (const auto& [name, value] : fields) {
    const auto bad = value.find_first_of(std::string_view("\r\n\0", 3));
    if (!is_token(name) || bad != std::string_view::npos) {
      return fail(ErrorCode::invalid_data, "The headers format is invalid.", "headers");
    }
  }
  return {};
}

/// The number that a header or an element holds: digits and nothing else; nullopt otherwise.
std::optional<std::uint64_t> whole_number(std::string_view text);
/// Where the part begins that a Content-Range header names: "bytes 100-199/200" is 100.
std::optional<std::uint64_t> range_start(std::string_view content_range);

}  // namespace recast::net
