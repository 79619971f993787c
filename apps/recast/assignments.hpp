#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace recast::cli {

/// Words such as "quality=80", "strip=true" or "pages=1-3" as options of a task: numbers, true and false by what they
/// look like, else text; values in double quotes are always text. malformed_body for a word without a name, naming
/// `flag`.
Result<boost::json::object> read_assignments(const std::vector<std::string>& words, std::string_view flag);

}  // namespace recast::cli
