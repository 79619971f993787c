#pragma once

#include <cstdint>

namespace recast::sql {

/// How many statements this process has begun, on all connections: by it tests see whether two requests take the same
/// way through the database.
std::uint64_t statements_begun();

}  // namespace recast::sql
