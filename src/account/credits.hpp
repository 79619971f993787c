#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "schema/field.hpp"

/// What work costs, and what of it is written down. Pure.
namespace recast::account {

/// Settings section "credits".
struct CreditSettings {
  std::optional<std::int64_t> initial;
  std::int64_t low = 100;

  static constexpr auto fields = std::tuple{
      schema::field(&CreditSettings::initial, "initial",
                    "Credits that a new user begins with; administrators, and all if nothing is said, have no limit.",
                    {.min = 0, .max = 1e15}),
      schema::field(&CreditSettings::low, "low", "A user is told once when fewer credits than this are left; 0: never.",
                    {.min = 0, .max = 1e15}),
  };
};

/// Credits for one task that ended well, by operation and, where that matters, engine. Imports, exports and failures
/// cost nothing (core.md 7.2), reading metadata neither; everything else costs 1 unless the operator says otherwise.
class Prices {
 public:
  static constexpr std::int64_t kHighest = 1'000'000;

  /// Reads [credits.prices]: "convert" = 1, "convert/chrome" = 2. invalid_data on "credits.prices.NAME" for what is no
  /// operation or engine of this server, or no price.
  static Result<Prices> read(const boost::json::object& tree,
                             const std::function<bool(std::string_view operation)>& is_operation,
                             const std::function<bool(std::string_view engine)>& is_engine);

  std::int64_t of(std::string_view operation, std::string_view engine) const;
  /// What a task may come to cost at most; `engine` empty: not known yet.
  std::int64_t most(std::string_view operation, std::string_view engine) const;

 private:
  /// By operation, then by engine; "" is what all others cost.
  std::map<std::string, std::map<std::string, std::int64_t, std::less<>>, std::less<>> prices_;
};

enum class EntryKind { grant, charge, refund, adjust };
std::string_view entry_kind_name(EntryKind kind);
std::optional<EntryKind> entry_kind_from(std::string_view name);

/// One line of a user's ledger. It is never changed.
struct LedgerEntry {
  std::int64_t id = 0;
  Time at{};
  EntryKind kind = EntryKind::grant;
  std::int64_t amount = 0;   ///< what the balance changed by
  std::int64_t balance = 0;  ///< after it
  TaskId task;               ///< of a charge
  JobId job;                 ///< of a charge; empty for a standalone task
  std::string note;
  std::string who;  ///< name of the user who did it; empty: the server
};

/// What a user has.
struct Balance {
  bool limited = false;       ///< else everything is free
  std::int64_t balance = 0;   ///< sum of the entries
  std::int64_t reserved = 0;  ///< of that, for tasks that have not ended
  std::int64_t left() const { return balance - reserved; }
};

}  // namespace recast::account
