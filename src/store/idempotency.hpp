#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

namespace recast::store {

struct Database;
class Vault;
class Write;

/// What became of requests that carry an Idempotency-Key: a part of the Store. Safe from many threads.
class Idempotency {
 public:
  explicit Idempotency(Database& database) : database_(database) {}

  struct Known {
    std::string fingerprint;
    std::string object;  ///< id of the job or task that was made; empty: none was
    int status = 0;      ///< 0: the answer is not known
    std::string answer;
  };
  /// What is known of the user's key; nullopt if it is new or older than `life`, and then it is taken.
  Result<std::optional<Known>> begin(UserId user, std::string_view key, std::string_view fingerprint,
                                     std::chrono::seconds life);
  /// The answer that the same request gets from now on.
  Result<> keep(UserId user, std::string_view key, int status, std::string_view answer);
  /// Nothing was made: the key is as good as new.
  Result<> forget(UserId user, std::string_view key);
  /// Removes what is older than `before`.
  Result<> purge(Time before);

  /// Inside the transaction that makes a job or task because of that key.
  static void made(Write& write, UserId user, const std::string& key, std::string_view object);
  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  Database& database_;
};

}  // namespace recast::store
