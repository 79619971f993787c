#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/credits.hpp"
#include "account/quota.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"
#include "store/store.hpp"

namespace recast::store {

struct Database;
class Write;

/// Rows of credits and of what counts against quotas: a part of the Store. Safe from many threads. What holds for a new
/// job or task is decided in the transaction that makes it (store/admission.hpp).
class Ledger {
 public:
  /// Neither is copied.
  Ledger(Database& database, const Store::Settings& settings) : database_(database), settings_(settings) {}

  const account::Prices& prices() const { return settings_.prices; }

  Result<account::Balance> balance(UserId user);
  Result<Listing<account::LedgerEntry>> list(UserId user, Page page);  ///< newest first
  Result<account::LedgerEntry> entry(UserId user, std::int64_t id);

  /// What an administrator does to a user's credits, all of it or nothing.
  struct Change {
    std::optional<bool> unlimited;
    account::EntryKind kind = account::EntryKind::grant;
    std::optional<std::int64_t> amount;
    std::string note;
    std::string idempotency_key;  ///< of the request of the actor; empty: none
  };
  /// The entry, if there is an amount. invalid_data on "amount" if there is not so much to take, or the balance would
  /// be out of range.
  Result<std::optional<account::LedgerEntry>> change(UserId user, const Change& change);

  /// Whether all adds up: balances are the sums of their entries, line by line; what is reserved is what tasks that
  /// have not ended hold; nobody has less than that; every task that was to be paid for and finished is paid for once,
  /// and no other. What does not, in words.
  struct Verdict {
    std::int64_t users = 0;
    std::int64_t entries = 0;
    std::vector<std::string> faults;
  };
  Result<Verdict> verify();

  /// Replaces the user's own quota.
  Result<> set_quota(UserId user, const account::Quota& quota);
  /// What holds for requests of that key of the user; without one, of the user.
  Result<account::Allowance> allowance(UserId user, std::optional<KeyId> key);
  struct Use {
    std::int64_t jobs_in_flight = 0;
    std::int64_t tasks_in_minute = 0;
    std::chrono::microseconds engine_time{};  ///< since midnight, UTC
  };
  /// Of a user, or of one family of keys.
  Result<Use> use(UserId user, std::optional<KeyId> family);
  /// Where a caller stands with the tasks it may create; nullopt without such a limit.
  struct Rate {
    std::int64_t limit = 0;
    std::int64_t remaining = 0;
    std::chrono::seconds wait{};  ///< until `tasks` more may be created
  };
  Result<std::optional<Rate>> rate(UserId user, std::optional<KeyId> key, std::int64_t tasks);

  /// Inside the transaction that makes a user: limited to so many from the start. How many that are.
  static std::int64_t begin(Write& write, UserId user, std::int64_t amount);
  /// Inside the transaction in which a task finished: what it costs is shown with it and taken from what was reserved.
  void settle(Write& write, const TaskId& id) const;

 private:
  Database& database_;
  const Store::Settings& settings_;
};

}  // namespace recast::store
