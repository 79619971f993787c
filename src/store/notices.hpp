#pragma once

#include <chrono>
#include <optional>
#include <string>

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

  /// Newest first.
  Result<Listing<account::Notice>> list(UserId user, bool unread_only, Page page);
  Result<account::Notice> mark_read(UserId user, std::int64_t id);  ///< not_found for those of others
  Result<std::size_t> mark_all_read(UserId user);                   ///< how many

  /// How the user wants to be told.
  Result<account::NoticeChoice> choice(UserId user);
  /// Changes that; what it is afterwards. The caller has checked the language. not_found if there is no such user.
  Result<account::NoticeChoice> choose(UserId user, const account::NoticeChoiceChange& change);

  /// For whoever mails them: whether take() would find one, without a write.
  Result<bool> is_due(Time not_before);
  /// A notice made since `not_before` that is to be sent now, held for `lease`; nullopt if there is none. Those that
  /// their user wants no mail of are given up, so that they do not all come once the user wants them again.
  struct Taken {
    account::Notice notice;
    std::string username;
    std::string email;
    std::string language;  ///< the user's choice; empty: the server's
    int attempts = 0;      ///< this one included
  };
  Result<std::optional<Taken>> take(std::chrono::seconds lease, Time not_before);
  /// How an attempt went: sent, tried again at `due`, or given up.
  enum class Outcome { sent, failed };
  Result<> record(std::int64_t id, Outcome outcome, std::optional<Time> due);
  /// Removes those made before `before`.
  Result<std::size_t> purge(Time before);

 private:
  Database& database_;
};

}  // namespace recast::store
