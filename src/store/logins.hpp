#pragma once

namespace recast::store {

struct Database;

/// Rows of how people come in: passwords, second factors, sessions, invitations, identities at an OpenID provider: a
/// part of the Store. Safe from many threads.
class Logins {
 public:
  explicit Logins(Database& database) : database_(database) {}

 private:
  [[maybe_unused]] Database& database_;
};

}  // namespace recast::store
