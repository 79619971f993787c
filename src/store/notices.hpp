#pragma once

#include "account/notice.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::store {

struct Database;
class Write;

/// Rows of notices to users: a part of the Store. Safe from many threads.
class Notices {
 public:
  explicit Notices(Database& database) : database_(database) {}

  /// Inside the transaction of what it tells of: makes a notice, unless that occasion was told of already. Only `kind`,
  /// `values` and `occasion` of it are used.
  static void raise(Write& write, UserId user, const account::Notice& notice);

 private:
  [[maybe_unused]] Database& database_;
};

}  // namespace recast::store
