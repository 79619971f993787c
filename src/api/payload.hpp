#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "operation/operation.hpp"

namespace recast::api {

/// A task's payload as it may be shown (core.md 7.8): credentials and bodies left out, URLs without user information
/// and query. `operation` may be null for one that this build no longer has.
boost::json::object visible_payload(std::string_view operation_name, const boost::json::object& payload,
                                    const operation::Operation* operation);

}  // namespace recast::api
