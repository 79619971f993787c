#pragma once

namespace recast::store {

struct Database;

/// Rows of OAuth 2.0: clients, authorization codes, what users granted, and the tokens of it: a part of the Store. Safe
/// from many threads.
class Grants {
 public:
  explicit Grants(Database& database) : database_(database) {}

 private:
  [[maybe_unused]] Database& database_;
};

}  // namespace recast::store
