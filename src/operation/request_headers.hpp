#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::operation {

using RequestHeaders = std::map<std::string, std::string>;

/// Headers that a client wants sent with a request of ours (import-export.md 3.1): invalid_data on "headers" for what
/// is no header, and for those that say how the request is carried instead of what is asked for.
Result<> check_headers(const RequestHeaders& headers);

}  // namespace recast::operation
