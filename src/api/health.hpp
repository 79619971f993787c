#pragma once

#include <string_view>
#include <vector>

#include "api/services.hpp"

namespace recast::api {

/// What /readyz says of all checks together: "ready"; "degraded" if the server takes work all the same, for one sick
/// engine of many must not take it out of its load balancer; "unavailable".
std::string_view readiness(const std::vector<Check>& checks);

}  // namespace recast::api
