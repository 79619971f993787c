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

Result<LoginUser> read_login_user(sql::Connection& connection, UserId id) {
  RECAST_TRY(auto user, find_user(connection, id));
  auto rows = connection.query(
      "SELECT coalesce((SELECT hash FROM passwords WHERE user_id = $1), ''), "
      "EXISTS (SELECT 1 FROM second_factors WHERE user_id = $1 AND confirmed IS NOT NULL)",
      id);
  rows.next();
  return LoginUser{std::move(user), rows.text(0), rows.boolean(1)};
}

/// It may have been unlinked since the provider was asked; then nobody comes in by it any more.
Result<> note_use(Write& write, UserId user, const account::Identity& identity) {
  const auto used =
      write.sql.execute("UPDATE identities SET last_used = $4 WHERE issuer = $1 AND subject = $2 AND user_id = $3",
                        identity.issuer, identity.subject, user, write.now);
  return used > 0 ? Result<>() : fail(ErrorCode::forbidden, "This account was unlinked from your identity meanwhile.");
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

void put_password(Write& write, UserId user, const std::string& hash) {
  write.sql.execute(
      "INSERT INTO passwords (user_id, hash, changed) VALUES ($1, $2, $3) "
      "ON CONFLICT (user_id) DO UPDATE SET hash = $2, changed = $3",
      user, hash, write.now);
  Audit::note(write, "password.set", object_name("user", user));
}

Result<> Logins::set_password(UserId user, const std::string& hash) {
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_CHECK(find_user(write.sql, user));
    put_password(write, user, hash);
    end_log_ins(write, user, false, {});
    return {};
  });
}

Result<> Logins::change_password(UserId user, const std::string& before, const std::string& hash,
                                 std::string_view except) {
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_CHECK(find_user(write.sql, user));
    std::string present;
    {
      auto rows = write.sql.query("SELECT hash FROM passwords WHERE user_id = $1", user);
      if (rows.next()) present = rows.text(0);
    }
    if (present != before) return fail(ErrorCode::conflict, "The password was changed meanwhile. Log in again.");
    put_password(write, user, hash);
    end_log_ins(write, user, false, except);
    return {};
  });
}

Result<> Logins::replace_hash(UserId user, const std::string& before, const std::string& hash) {
  return database_.writer.write([&](Write& write) -> Result<> {
    write.sql.execute("UPDATE passwords SET hash = $3 WHERE user_id = $1 AND hash = $2", user, before, hash);
    return {};
  });
}

Result<account::LoginSession> Logins::begin_session(UserId user, const NewSession& session) {
  return database_.writer.write([&](Write& write) -> Result<account::LoginSession> {
    RECAST_TRY(const auto owner, find_user(write.sql, user));
    if (!owner.enabled) return fail(ErrorCode::forbidden, "This account is disabled.");
    if (session.identity) RECAST_CHECK(note_use(write, user, *session.identity));
    write.sql.execute("DELETE FROM login_sessions WHERE expires <= $1", write.now);  // nobody can use them
    const auto replaced = write.sql.execute("DELETE FROM login_sessions WHERE hash = $1", session.replaces);
    if (session.continues && replaced == 0) return fail(ErrorCode::forbidden, "This log-in has ended. Log in again.");
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
    write.sql.execute(
        "DELETE FROM login_sessions WHERE user_id = $1 AND id NOT IN "
        "(SELECT id FROM login_sessions WHERE user_id = $1 ORDER BY id DESC LIMIT $2)",
        user, session.most);
    if (made.pending) return made;
    Audit::note(write, "session.begin", object_name("session", made.id),
                fmt::format("{}, by {}", owner.username, session.way));
    account::Notice notice{
        .kind = account::NoticeKind::new_login,
        .values = {{"address", made.address}, {"user_agent", made.user_agent}, {"time", format_time(write.now)}},
        .occasion = made.address + " " + made.user_agent};
    Notices::raise(write, user, notice);
    return made;
  });
}

Result<std::optional<Logins::Visitor>> Logins::session(std::string_view hash) {
  const auto now = database_.clock.now();
  RECAST_TRY(auto visitor, database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Visitor>> {
    std::optional<account::LoginSession> found;
    {
      auto rows = connection.query(
          fmt::format("SELECT {} FROM login_sessions WHERE hash = $1 AND expires > $2", kSessionColumns), hash, now);
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
    Audit::note(write, "session.end", except.empty() ? "all sessions" : "all other sessions",
                object_name("user", user));
    return {};
  });
}

}  // namespace recast::store
