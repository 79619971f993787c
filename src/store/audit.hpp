#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "account/audit.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::store {

struct Database;
class Write;

/// While it lives, changes that this thread asks the store for are put down to that actor. They do not nest.
class ActorScope {
 public:
  explicit ActorScope(account::Actor actor);
  ~ActorScope();
  ActorScope(const ActorScope&) = delete;
  ActorScope& operator=(const ActorScope&) = delete;
};
/// That of this thread; the server itself if there is none.
account::Actor current_actor();

/// What an entry is about: "key 7". An id's type may be strong.
template <class Id>
std::string object_name(std::string_view kind, Id id) {
  return std::string(kind) + " " + std::to_string(static_cast<std::int64_t>(id));
}

/// The audit log: append-only, each entry's hash over the one before it, written in the transaction of the change that
/// it tells of. A part of the Store. Safe from many threads.
class Audit {
 public:
  explicit Audit(Database& database) : database_(database) {}

  Result<Listing<account::AuditEntry>> list(std::optional<UserId> user, Page page);  ///< newest first
  /// Whether nothing was changed or removed since it was written: the first entry that does not fit, or nullopt.
  struct Verdict {
    std::int64_t entries = 0;
    std::optional<std::int64_t> broken;  ///< its sequence
    std::string hash;                    ///< of the last one: kept elsewhere, it shows whether the end was cut off
  };
  Result<Verdict> verify();
  /// All entries from `after` on, oldest first, one by one. The read sees one state of the log.
  Result<> each(std::int64_t after, const std::function<void(const account::AuditEntry&)>& look);

  /// Inside the transaction of a change.
  static void note(Write& write, std::string_view action, std::string_view object, std::string_view detail = {});

 private:
  Database& database_;
};

}  // namespace recast::store
