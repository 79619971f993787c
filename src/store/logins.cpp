#include "store/logins.hpp"

#include <fmt/format.h>

#include "account/notice.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/notices.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kSessionColumns =
    "login_sessions.id, user_id, hash, pending, login_sessions.created, expires, seen, address, user_agent";
constexpr std::chrono::minutes kSeenExact{1};

account::LoginSession read_session(const sql::Rows& rows) {
  return {.id = rows.integer(0),
          .user = UserId(rows.integer(1)),
          .hash = rows.text(2),
          .pending = rows.boolean(3),
          .created = rows.time(4),
          .expires = rows.time(5),
          .seen = rows.time(6),
          .address = rows.text(7),
          .user_agent = rows.text(8)};
}

std::string object_name(std::string_view what, std::int64_t id) { return fmt::format("{} {}", what, id); }
std::string object_name(UserId user) { return object_name("user", static_cast<std::int64_t>(user)); }

Result<LoginUser> read_login_user(sql::Connection& connection, UserId id) {
  RECAST_TRY(auto user, find_user(connection, id));
  auto rows = connection.query(
      "SELECT coalesce((SELECT hash FROM passwords WHERE user_id = $1), ''), "
      "EXISTS (SELECT 1 FROM second_factors WHERE user_id = $1 AND confirmed IS NOT NULL)",
      id);
  rows.next();
  return LoginUser{std::move(user), rows.text(0), rows.boolean(1)};
}

void put_password(Write& write, UserId user, const std::string& hash) {
  write.sql.execute(
      "INSERT INTO passwords (user_id, hash, changed) VALUES ($1, $2, $3) "
      "ON CONFLICT (user_id) DO UPDATE SET hash = $2, changed = $3",
      user, hash, write.now);
}

/// An account that somebody made themselves is noted as made by its owner.
Result<account::User> add_account(Write& write, const account::NewAccount& wanted, const std::string& password_hash) {
  RECAST_TRY(auto user, add_user(write, wanted));
  put_password(write, user.id, password_hash);
  Audit::note(write, "password.set", object_name(user.id));
  return user;
}

/// What nobody can use any more goes when something new comes.
void tidy(Write& write) {
  write.sql.execute("DELETE FROM login_sessions WHERE expires <= $1", write.now);
  write.sql.execute("DELETE FROM invitations WHERE expires <= $1", write.now - std::chrono::hours(30 * 24));
}

}  // namespace

Result<std::optional<LoginUser>> Logins::find(std::string_view username) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<LoginUser>> {
    std::optional<UserId> id;
    {
      auto rows = connection.query("SELECT id FROM users WHERE username = $1", username);
      if (rows.next()) id = UserId(rows.integer(0));
    }
    if (!id) return std::nullopt;
    RECAST_TRY(auto found, read_login_user(connection, *id));
    return std::optional(std::move(found));
  });
}

Result<LoginUser> Logins::find(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) { return read_login_user(connection, user); });
}

Result<> Logins::set_password(UserId user, const std::string& hash, std::string_view except) {
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_CHECK(find_user(write.sql, user));
    put_password(write, user, hash);
    end_log_ins(write, user, false, except);
    Audit::note(write, "password.set", object_name(user));
    return {};
  });
}

Result<> Logins::replace_hash(UserId user, const std::string& before, const std::string& hash) {
  return database_.writer.write([&](Write& write) -> Result<> {
    write.sql.execute("UPDATE passwords SET hash = $3 WHERE user_id = $1 AND hash = $2", user, before, hash);
    return {};
  });
}

Result<account::User> Logins::register_user(const account::NewAccount& wanted, const std::string& password_hash) {
  return database_.writer.write([&](Write& write) { return add_account(write, wanted, password_hash); });
}

Result<account::User> Logins::accept_invitation(std::string_view token_hash, const std::string& username,
                                                const std::string& password_hash) {
  return database_.writer.write([&](Write& write) -> Result<account::User> {
    account::NewAccount wanted{.username = username, .email = {}};
    std::int64_t id = 0;
    {
      auto rows = write.sql.query("SELECT id, email, administrator FROM invitations WHERE hash = $1 AND expires > $2",
                                  token_hash, write.now);
      if (!rows.next()) return std::unexpected(no_such("invitation"));
      id = rows.integer(0);
      wanted.email = rows.text(1);
      wanted.administrator = rows.boolean(2);
    }
    RECAST_TRY(auto user, add_account(write, wanted, password_hash));
    write.sql.execute("DELETE FROM invitations WHERE id = $1", id);
    Audit::note(write, "invitation.accept", object_name("invitation", id), object_name(user.id));
    return user;
  });
}

Result<account::LoginSession> Logins::begin_session(UserId user, const NewSession& session) {
  return database_.writer.write([&](Write& write) -> Result<account::LoginSession> {
    RECAST_TRY(const auto owner, find_user(write.sql, user));
    if (!owner.enabled) return fail(ErrorCode::forbidden, "This account is disabled.");
    tidy(write);
    write.sql.execute("DELETE FROM login_sessions WHERE hash = $1", session.replaces);
    account::LoginSession made{.user = user,
                               .hash = session.hash,
                               .pending = session.pending,
                               .created = write.now,
                               .expires = write.now + session.life,
                               .seen = write.now,
                               .address = session.address,
                               .user_agent = session.user_agent};
    write.sql.execute(
        "INSERT INTO login_sessions (user_id, hash, pending, created, expires, seen, address, user_agent) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        user, made.hash, made.pending, made.created, made.expires, made.seen, made.address, made.user_agent);
    made.id = write.sql.last_row();
    if (made.pending) return made;
    Audit::note(write, "session.begin", object_name("session", made.id),
                fmt::format("{}, by {}", owner.username, session.way));
    account::Notice notice{.kind = account::NoticeKind::new_login,
                           .values = {{"address", made.address},
                                      {"user_agent", made.user_agent},
                                      {"time", format_time(write.now)}},
                           .occasion = made.address + " " + made.user_agent};
    Notices::raise(write, user, notice);
    return made;
  });
}

Result<std::optional<Logins::Visitor>> Logins::session(std::string_view hash) {
  const auto now = database_.clock.now();
  RECAST_TRY(auto visitor,
             database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Visitor>> {
               std::optional<account::LoginSession> found;
               {
                 auto rows = connection.query(
                     fmt::format("SELECT {} FROM login_sessions WHERE hash = $1 AND expires > $2", kSessionColumns),
                     hash, now);
                 if (rows.next()) found = read_session(rows);
               }
               if (!found) return std::nullopt;
               RECAST_TRY(auto user, find_user(connection, found->user));
               if (!user.enabled) return std::nullopt;
               return std::optional(Visitor{*std::move(found), std::move(user)});
             }));
  if (visitor && now - visitor->session.seen >= kSeenExact) {
    database_.writer.post([id = visitor->session.id, now](Write& write) {  // nobody waits for it
      write.sql.execute("UPDATE login_sessions SET seen = $2 WHERE id = $1", id, now);
      return true;
    });
  }
  return visitor;
}

Result<std::vector<account::LoginSession>> Logins::sessions(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::LoginSession>> {
    std::vector<account::LoginSession> list;
    auto rows = connection.query(fmt::format("SELECT {} FROM login_sessions WHERE user_id = $1 AND pending = 0 AND "
                                             "expires > $2 ORDER BY id DESC",
                                             kSessionColumns),
                                 user, database_.clock.now());
    while (rows.next()) list.push_back(read_session(rows));
    return list;
  });
}

Result<> Logins::end_session(UserId user, std::int64_t id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed = write.sql.execute("DELETE FROM login_sessions WHERE user_id = $1 AND id = $2", user, id);
    if (removed == 0) return std::unexpected(no_such("session"));
    write.key_revoked(user, KeyId{});
    Audit::note(write, "session.end", object_name("session", id));
    return {};
  });
}

Result<> Logins::end_sessions(UserId user, std::string_view except) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_CHECK(find_user(write.sql, user));
    end_log_ins(write, user, false, except);
    Audit::note(write, "session.end", except.empty() ? "all sessions" : "all other sessions", object_name(user));
    return {};
  });
}

Result<account::Invitation> Logins::invite(const std::string& email, bool administrator, std::chrono::seconds life,
                                           std::string_view token_hash) {
  return database_.writer.write([&](Write& write) -> Result<account::Invitation> {
    tidy(write);
    account::Invitation made{
        .email = email, .administrator = administrator, .created = write.now, .expires = write.now + life};
    write.sql.execute(
        "INSERT INTO invitations (hash, email, administrator, created, expires) VALUES ($1, $2, $3, $4, $5)",
        token_hash, made.email, made.administrator, made.created, made.expires);
    made.id = write.sql.last_row();
    Audit::note(write, "invitation.create", object_name("invitation", made.id),
                made.email + (administrator ? ", administrator" : ""));
    return made;
  });
}

namespace {

account::Invitation read_invitation(const sql::Rows& rows) {
  return {.id = rows.integer(0),
          .email = rows.text(1),
          .administrator = rows.boolean(2),
          .created = rows.time(3),
          .expires = rows.time(4)};
}

}  // namespace

Result<Listing<account::Invitation>> Logins::invitations(Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Invitation>> {
    Listing<account::Invitation> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(
        "SELECT id, email, administrator, created, expires FROM invitations ORDER BY id DESC LIMIT $1 OFFSET $2",
        page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_invitation(rows));
    }
    return listing;
  });
}

Result<account::Invitation> Logins::invitation(std::string_view token_hash) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<account::Invitation> {
    auto rows = connection.query(
        "SELECT id, email, administrator, created, expires FROM invitations WHERE hash = $1 AND expires > $2",
        token_hash, database_.clock.now());
    if (!rows.next()) return std::unexpected(no_such("invitation"));
    return read_invitation(rows);
  });
}

Result<> Logins::withdraw_invitation(std::int64_t id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    if (write.sql.execute("DELETE FROM invitations WHERE id = $1", id) == 0)
      return std::unexpected(no_such("invitation"));
    Audit::note(write, "invitation.withdraw", object_name("invitation", id));
    return {};
  });
}

}  // namespace recast::store
