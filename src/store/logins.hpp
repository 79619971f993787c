#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account/login.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::store {

struct Database;
class Vault;
class Write;

/// What is known of somebody who wants to log in.
struct LoginUser {
  account::User user;
  std::string password;  ///< its hash; empty if there is none
  bool has_factor = false;
};

/// A session that is to begin.
struct NewSession {
  std::string hash;  ///< SHA-256 of the cookie's token
  std::chrono::seconds life{};
  bool pending = false;
  std::string way;  ///< "password", "openid", …: for the audit log
  std::string address;
  std::string user_agent;
  std::string replaces;     ///< hash of the session that ends with its beginning, if there is one
  std::int64_t most = 100;  ///< of a user; the oldest end
  /// Whether it goes on with `replaces`, which waited for a second factor and has to be there still: what lets people
  /// in may have changed since.
  bool continues = false;
  /// What the user comes in by, if a provider vouched for it. It has to be the user's when the session begins.
  std::optional<account::Identity> identity = {};
};

struct Factor {
  std::string secret;
  bool confirmed = false;
  std::int64_t last_step = 0;
};

/// Rows of how people come in: passwords, second factors, sessions, invitations, identities at an OpenID provider: a
/// part of the Store. Nothing here is a secret in the clear: tokens, passwords and recovery codes are hashes, the
/// secrets of second factors are sealed. Safe from many threads.
class Logins {
 public:
  explicit Logins(Database& database) : database_(database) {}

  // --- passwords
  Result<std::optional<LoginUser>> find(std::string_view username);
  Result<LoginUser> find(UserId user);  ///< not_found
  /// The user's sessions end.
  Result<> set_password(UserId user, const std::string& hash);
  /// The same for a user who knows the password with the hash `before` (empty: has none yet); the session with the hash
  /// `except` goes on. conflict if the password was changed meanwhile.
  Result<> change_password(UserId user, const std::string& before, const std::string& hash, std::string_view except);
  /// The same password at another cost: nothing ends. Does nothing if it was changed meanwhile.
  Result<> replace_hash(UserId user, const std::string& before, const std::string& hash);

  // --- accounts that people make themselves
  /// Uses up the invitation with that token's hash; not_found if there is none or its time is over. The account's mail
  /// address and role are the invitation's.
  Result<account::User> accept_invitation(std::string_view token_hash, const std::string& username,
                                          const std::string& password_hash);
  Result<account::User> register_user(const account::NewAccount& wanted, const std::string& password_hash);

  // --- sessions
  /// forbidden for a user who is disabled, whose identity was unlinked meanwhile, or whose pending session has ended.
  Result<account::LoginSession> begin_session(UserId user, const NewSession& session);
  /// nullopt if it is over, or its user is disabled. Notes that it was seen.
  struct Visitor {
    account::LoginSession session;
    account::User user;
  };
  Result<std::optional<Visitor>> session(std::string_view hash);
  Result<std::vector<account::LoginSession>> sessions(UserId user);  ///< newest first, without pending ones
  Result<> end_session(UserId user, std::int64_t id);                ///< not_found
  Result<> end_sessions(UserId user, std::string_view except = {});  ///< of that hash

  // --- second factors
  Result<std::optional<Factor>> factor(UserId user);
  /// Not asked for before it is confirmed. conflict if there is a confirmed one.
  Result<> offer_factor(UserId user, std::string_view secret);
  /// `step` is the interval of the code that confirmed it; other recovery codes are forgotten.
  Result<> confirm_factor(UserId user, std::int64_t step, std::span<const std::string> recovery_hashes);
  Result<bool> use_step(UserId user, std::int64_t step);  ///< false if it or a later one was used
  Result<bool> use_recovery_code(UserId user, std::string_view hash);
  Result<std::int64_t> recovery_codes_left(UserId user);
  Result<> remove_factor(UserId user);  ///< not_found

  // --- invitations
  Result<account::Invitation> invite(const std::string& email, bool administrator, std::chrono::seconds life,
                                     std::string_view token_hash);
  Result<Listing<account::Invitation>> invitations(Page page);          ///< newest first; expired ones too, for a while
  Result<account::Invitation> invitation(std::string_view token_hash);  ///< not_found if its time is over
  Result<> withdraw_invitation(std::int64_t id);

  // --- identities
  Result<std::optional<account::User>> user_of(const account::Identity& identity);
  Result<std::vector<account::LinkedIdentity>> identities(UserId user);  ///< the first linked first
  /// Lets a user come in as that identity. conflict if it is somebody's already, not_found if there is no such user.
  Result<account::LinkedIdentity> add_identity(UserId user, const account::Identity& identity);
  /// Users unlink an identity of their own: not_found, or conflict if it is the last way in, with neither a password
  /// nor another identity left. Their log-ins end but for the one with the hash `except`.
  Result<> unlink_own_identity(UserId user, std::int64_t id, std::string_view except);
  /// An administrator does: all of the user's log-ins end, and there may be no way in left. conflict if nobody could
  /// administer the server then.
  Result<> unlink_identity(UserId user, std::int64_t id);
  /// A new user who comes in that way. With a number behind the name if it is taken.
  Result<account::User> register_identity(account::NewAccount wanted, const account::Identity& identity);

  // --- throttling
  using Attempts = std::span<const std::pair<std::string, account::Throttle>>;
  /// Counts an attempt under each name as one that failed, unless one of them has to wait: then until when.
  Result<std::optional<Time>> begin_attempt(Attempts names);
  /// It did not fail: forgets the failures under `name`.
  Result<> forget_failures(std::string_view name);
  /// It did not fail: counts one failure less under `name`.
  Result<> forgive_failure(std::string_view name);

  static std::size_t seal_anew(Write& write, const Vault& vault);

 private:
  Database& database_;
};

}  // namespace recast::store
