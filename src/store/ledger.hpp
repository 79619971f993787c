#pragma once

namespace recast::store {

struct Database;

/// Rows of credits and of what counts against quotas: a part of the Store. Safe from many threads.
class Ledger {
 public:
  explicit Ledger(Database& database) : database_(database) {}

 private:
  [[maybe_unused]] Database& database_;
};

}  // namespace recast::store
