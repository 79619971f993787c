#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sql/sql.hpp"

namespace recast::store {

struct Migration {
  std::string_view name;  ///< "0001_first"
  std::string_view script;
};
/// Generated from src/store/migrations, in order.
const std::vector<Migration>& migrations();

/// Brings a database to the newest version, each migration in a transaction of its own. Refuses one that a newer
/// program has written.
Result<> migrate(sql::Connection& connection, const std::vector<Migration>& list = migrations());

}  // namespace recast::store
