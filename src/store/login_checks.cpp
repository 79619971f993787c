// Second factors, identities at a provider, and throttling: the other half of Logins.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/logins.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::chrono::hours kForgetFailures{24};

struct Failures {
  std::int64_t count = 0;
  Time until{};
};

Failures failures_of(Write& write, std::string_view name) {
  auto rows = write.sql.query("SELECT failures, until, last FROM login_attempts WHERE name = $1", name);
  if (!rows.next() || rows.time(2) <= write.now - kForgetFailures) return {};
  return {rows.integer(0), rows.time(1)};
}

/// Its number.
Result<std::int64_t> insert_identity(Write& write, UserId user, const account::Identity& identity) {
  const auto added = write.sql.execute(
      "INSERT INTO identities (issuer, subject, user_id, created) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      identity.issuer, identity.subject, user, write.now);
  if (added == 0) return fail(ErrorCode::conflict, "Somebody comes in as that identity already.");
  const auto id = write.sql.last_row();
  Audit::note(write, "identity.add", object_name("user", user), identity.issuer);
  return id;
}

account::LinkedIdentity read_identity(const sql::Rows& rows) {
  return {.id = rows.integer(0),
          .user = UserId(rows.integer(1)),
          .identity = {.issuer = rows.text(2), .subject = rows.text(3)},
          .created = rows.time(4),
          .last_used = rows.optional_time(5)};
}

constexpr std::string_view kSelectIdentities =
    "SELECT id, user_id, issuer, subject, created, last_used FROM identities WHERE user_id = $1 ";

/// Without it; the other log-ins end: whoever unlinks one may do so because it is in strange hands.
Result<> remove_identity(Write& write, UserId user, std::int64_t id, std::string_view except) {
  std::string issuer;
  {
    auto rows = write.sql.query(std::string(kSelectIdentities) + "AND id = $2", user, id);
    if (!rows.next()) return std::unexpected(no_such("identity"));
    issuer = rows.text(2);
  }
  write.sql.execute("DELETE FROM identities WHERE id = $1", id);
  end_log_ins(write, user, false, except);
  Audit::note(write, "identity.remove", object_name("user", user), issuer);
  return {};
}

}  // namespace

Result<std::optional<Factor>> Logins::factor(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Factor>> {
    auto rows = connection.query(
        "SELECT secret, confirmed IS NOT NULL, last_step FROM second_factors WHERE user_id = $1", user);
    if (!rows.next()) return std::nullopt;
    RECAST_TRY(auto secret, database_.sealing.vault.unseal(rows.view(0)));
    return std::optional(Factor{std::move(secret), rows.boolean(1), rows.integer(2)});
  });
}

Result<> Logins::offer_factor(UserId user, std::string_view secret) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(secret);
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_CHECK(find_user(write.sql, user));
    const auto changed = write.sql.execute(
        "INSERT INTO second_factors (user_id, secret) VALUES ($1, $2) "
        "ON CONFLICT (user_id) DO UPDATE SET secret = $2, last_step = 0 WHERE confirmed IS NULL",
        user, sealed);
    if (changed == 0) return fail(ErrorCode::conflict, "There is a second factor already. Remove it first.");
    return {};
  });
}

Result<> Logins::confirm_factor(UserId user, std::int64_t step, std::span<const std::string> recovery_hashes) {
  return database_.writer.write([&](Write& write) -> Result<> {
    const auto changed = write.sql.execute(
        "UPDATE second_factors SET confirmed = $2, last_step = $3 WHERE user_id = $1 AND confirmed IS NULL", user,
        write.now, step);
    if (changed == 0) return fail(ErrorCode::conflict, "There is no second factor to confirm.");
    write.sql.execute("DELETE FROM recovery_codes WHERE user_id = $1", user);
    for (const auto& hash : recovery_hashes)
      write.sql.execute("INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2)", user, hash);
    Audit::note(write, "second_factor.set", object_name("user", user));
    return {};
  });
}

Result<bool> Logins::use_step(UserId user, std::int64_t step) {
  return database_.writer.write([&](Write& write) -> Result<bool> {
    return write.sql.execute("UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2", user,
                             step) > 0;
  });
}

Result<bool> Logins::use_recovery_code(UserId user, std::string_view hash) {
  return database_.writer.write([&](Write& write) -> Result<bool> {
    if (write.sql.execute("DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2", user, hash) == 0) return false;
    Audit::note(write, "recovery_code.use", object_name("user", user));
    return true;
  });
}

Result<std::int64_t> Logins::recovery_codes_left(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::int64_t> {
    auto rows = connection.query("SELECT count(*) FROM recovery_codes WHERE user_id = $1", user);
    rows.next();
    return rows.integer(0);
  });
}

Result<> Logins::remove_factor(UserId user) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    if (write.sql.execute("DELETE FROM second_factors WHERE user_id = $1", user) == 0)
      return std::unexpected(no_such("second factor"));
    write.sql.execute("DELETE FROM recovery_codes WHERE user_id = $1", user);
    Audit::note(write, "second_factor.remove", object_name("user", user));
    return {};
  });
}

Result<std::optional<account::User>> Logins::user_of(const account::Identity& identity) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<account::User>> {
    auto rows = connection.query("SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2", identity.issuer,
                                 identity.subject);
    if (!rows.next()) return std::nullopt;
    RECAST_TRY(auto user, find_user(connection, UserId(rows.integer(0))));
    return std::optional(std::move(user));
  });
}

Result<std::vector<account::LinkedIdentity>> Logins::identities(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::LinkedIdentity>> {
    std::vector<account::LinkedIdentity> list;
    auto rows = connection.query(std::string(kSelectIdentities) + "ORDER BY id", user);
    while (rows.next()) list.push_back(read_identity(rows));
    return list;
  });
}

Result<account::LinkedIdentity> Logins::add_identity(UserId user, const account::Identity& identity) {
  return database_.writer.write([&](Write& write) -> Result<account::LinkedIdentity> {
    RECAST_CHECK(find_user(write.sql, user));
    RECAST_TRY(const auto id, insert_identity(write, user, identity));
    return account::LinkedIdentity{.id = id, .user = user, .identity = identity, .created = write.now, .last_used = {}};
  });
}

Result<> Logins::unlink_own_identity(UserId user, std::int64_t id, std::string_view except) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_CHECK(remove_identity(write, user, id, except));
    // One that nobody has come in by yet may never let anybody in.
    auto rows = write.sql.query(
        "SELECT EXISTS (SELECT 1 FROM passwords WHERE user_id = $1) OR EXISTS (SELECT 1 FROM identities WHERE user_id "
        "= $1 AND last_used IS NOT NULL)",
        user);
    if (rows.next() && rows.boolean(0)) return {};
    return fail(ErrorCode::conflict, "This is your last way in. Set a password first.");
  });
}

Result<> Logins::unlink_identity(UserId user, std::int64_t id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_CHECK(remove_identity(write, user, id, {}));
    RECAST_TRY(const auto owner, find_user(write.sql, user));
    if (!owner.administrator || !owner.enabled) return {};
    return has_administrator(write);
  });
}

Result<account::User> Logins::register_identity(account::NewAccount wanted, const account::Identity& identity) {
  return database_.writer.write([&](Write& write) -> Result<account::User> {
    auto one = wanted;
    for (int number = 2; is_taken(write.sql, one.username); ++number)
      one.username = fmt::format("{}-{}", wanted.username, number);
    RECAST_TRY(auto user, add_user(write, one, database_.initial_credits));
    RECAST_CHECK(insert_identity(write, user.id, identity));
    return user;
  });
}

Result<std::optional<Time>> Logins::begin_attempt(Attempts names) {
  return database_.writer.write_passing([&](Write& write) -> Result<std::optional<Time>> {
    std::optional<Time> until;
    std::vector<std::int64_t> counts;
    for (const auto& [name, throttle] : names) {
      const auto failures = failures_of(write, name);
      if (failures.until > write.now) until = std::max(until.value_or(failures.until), failures.until);
      counts.push_back(failures.count + 1);
    }
    if (until) return until;
    write.sql.execute("DELETE FROM login_attempts WHERE last <= $1", write.now - kForgetFailures);
    for (std::size_t i = 0; i < names.size(); ++i) {
      write.sql.execute(
          "INSERT INTO login_attempts (name, failures, last, until) VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (name) DO UPDATE SET failures = $2, last = $3, until = $4",
          names[i].first, counts[i], write.now, write.now + account::pause_after(counts[i], names[i].second));
    }
    return until;
  });
}

Result<> Logins::forget_failures(std::string_view name) {
  return database_.writer.write_passing([&](Write& write) -> Result<> {
    write.sql.execute("DELETE FROM login_attempts WHERE name = $1", name);
    return {};
  });
}

Result<> Logins::forgive_failure(std::string_view name) {
  return database_.writer.write_passing([&](Write& write) -> Result<> {
    write.sql.execute("UPDATE login_attempts SET failures = max(failures - 1, 0), until = 0 WHERE name = $1", name);
    return {};
  });
}

std::size_t Logins::seal_anew(Write& write, const Vault& vault) {
  std::vector<std::pair<std::int64_t, std::string>> list;
  {
    auto rows = write.sql.query("SELECT user_id, secret FROM second_factors");
    while (rows.next()) list.emplace_back(rows.integer(0), rows.text(1));
  }
  std::size_t count = 0;
  for (const auto& [user, sealed] : list) {
    const auto secret = vault.unseal(sealed);
    if (!secret) continue;
    write.sql.execute("UPDATE second_factors SET secret = $2 WHERE user_id = $1", user, vault.seal(*secret));
    ++count;
  }
  return count;
}

}  // namespace recast::store
