#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace recast::account {

/// Who makes a change, and from where. With neither user nor key it is the server itself, or whoever runs it.
struct Actor {
  std::optional<UserId> user;
  std::string username;
  std::optional<KeyId> key;
  std::string address;  ///< of the network; empty for the machine itself
};

/// One line of the audit log.
struct AuditEntry {
  std::int64_t sequence = 0;
  Time at{};
  Actor actor;
  std::string action;  ///< "key.create", "user.delete", …
  std::string object;  ///< what it was done to: "key 7", "preset invoice-pdf"
  std::string detail;  ///< never a secret
  std::string hash;    ///< lower-case hex SHA-256 of the hash before it and this line

  /// What the hash is to be after `before`, which is empty for the first entry.
  std::string hash_after(std::string_view before) const;
};

}  // namespace recast::account
