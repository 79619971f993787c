#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.hpp"

namespace recast::schema {

/// Reads a JSON text that must be one object. malformed_body with the position for bad syntax, bad UTF-8 or nesting
/// deeper than 64; invalid_data naming the member (dotted: "tasks.a") for a key that occurs twice in one object. Member
/// order is kept. An empty text is an empty object: several endpoints take no body.
Result<boost::json::object> parse_body(std::string_view text);

}  // namespace recast::schema
