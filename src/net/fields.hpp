#pragma once

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

}  // namespace recast::net
