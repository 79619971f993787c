#include <fmt/format.h>

#include <stdexcept>

#include "base/text.hpp"
#include "store/authorizations.hpp"
#include "store/settling.hpp"
#include "store/sql_store.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::size_t kLongestName = 255;

std::string select_users(std::string_view what) {
  return fmt::format(
      "SELECT id, username, email, administrator, created, limited, credits - reserved, quota, enabled FROM users {}",
      what);
}

account::User read_user(const sql::Rows& rows) {
  account::User user{.id = UserId(rows.integer(0)),
                     .username = rows.text(1),
                     .email = rows.text(2),
                     .administrator = rows.boolean(3),
                     .credits = {},
                     .created = rows.time(4),
                     .enabled = rows.boolean(8)};
  if (rows.boolean(5)) user.credits = rows.integer(6);
  user.quota = read_limits(rows.view(7));
  return user;
}

/// conflict if nobody could administer the server without this user.
Result<> may_lose(Write& write, const account::User& user) {
  return user.administrator && user.enabled ? has_administrator(write, user.id) : Result<>{};
}

/// "email ann@example.org, administrator, disabled": for the audit log.
std::string words_of(const account::UserChange& change) {
  std::vector<std::string> words;
  if (change.email) words.push_back("email " + *change.email);
  if (change.administrator) words.emplace_back(*change.administrator ? "administrator" : "no administrator");
  if (change.enabled) words.emplace_back(*change.enabled ? "enabled" : "disabled");
  return fmt::format("{}", fmt::join(words, ", "));
}

/// Ids of rows that belong to a user, before they go.
std::vector<std::string> ids_of(sql::Connection& connection, std::string_view query, UserId user) {
  std::vector<std::string> ids;
  auto rows = connection.query(query, user);
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

}  // namespace

account::Quota read_limits(std::string_view text) {
  auto quota = account::read_quota(text);
  if (!quota) throw std::runtime_error(quota.error().message);
  return *std::move(quota);
}

Result<> has_administrator(Write& write, UserId without) {
  auto rows = write.sql.query(
      "SELECT 1 FROM users WHERE administrator = 1 AND enabled = 1 AND id <> $1 AND ("
      "EXISTS (SELECT 1 FROM passwords WHERE passwords.user_id = users.id) OR "
      "EXISTS (SELECT 1 FROM identities WHERE identities.user_id = users.id AND last_used IS NOT NULL) OR "
      "EXISTS (SELECT 1 FROM api_keys WHERE api_keys.user_id = users.id AND authorization_id IS NULL AND "
      "(expires IS NULL OR expires > $2) AND instr(' ' || scopes || ' ', ' admin ') > 0))",
      without, write.now);
  if (rows.next()) return {};
  return fail(ErrorCode::conflict, "This is the last administrator who may log in.");
}

Result<account::User> find_user(sql::Connection& connection, UserId id) {
  auto rows = connection.query(select_users("WHERE id = $1"), id);
  if (!rows.next()) return std::unexpected(no_such("user"));
  return read_user(rows);
}

bool is_taken(sql::Connection& connection, std::string_view username) {
  return connection.query("SELECT 1 FROM users WHERE lower(username) = lower($1)", username).next();
}

Result<account::User> add_user(Write& write, const account::NewAccount& wanted, std::optional<std::int64_t> credits) {
  account::User user{.username = std::string(trim(wanted.username)),
                     .email = wanted.email,
                     .administrator = wanted.administrator,
                     .created = write.now};
  if (user.username.size() > kLongestName || user.email.size() > kLongestName)
    return fail(ErrorCode::invalid_data, "The username and the email may not be longer than 255 bytes.", "username");
  if (user.username.empty()) return fail(ErrorCode::invalid_data, "The username field is required.", "username");
  if (is_taken(write.sql, user.username))
    return fail(ErrorCode::invalid_data, "The username has already been taken.", "username");
  write.sql.execute("INSERT INTO users (username, email, administrator, credits, created) VALUES ($1, $2, $3, 0, $4)",
                    user.username, user.email, user.administrator, user.created);
  user.id = UserId(write.sql.last_row());
  if (credits && !user.administrator) user.credits = Ledger::begin(write, user.id, *credits);
  Audit::note(write, "user.create", object_name("user", user.id),
              user.username + (user.administrator ? ", administrator" : ""));
  return user;
}

void end_log_ins(Write& write, UserId user, bool with_keys, std::string_view except) {
  write.sql.execute("DELETE FROM login_sessions WHERE user_id = $1 AND hash <> $2", user, except);
  write.key_revoked(user, KeyId{});  // what a session began has no key
  if (!with_keys) return;
  for (const auto& key : ids_of(write.sql, "SELECT id FROM api_keys WHERE user_id = $1", user))
    write.key_revoked(user, KeyId(std::stoll(key)));
}

Result<account::User> SqlStore::create_user(std::string username, std::string email, bool administrator) {
  const account::NewAccount wanted{std::move(username), std::move(email), administrator};
  return writer_.write([&](Write& write) { return add_user(write, wanted, settings_.credits.initial); });
}

Result<Listing<account::User>> SqlStore::page_of_users(Page page) {
  return readers_.read([&](sql::Connection& connection) -> Result<Listing<account::User>> {
    Listing<account::User> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(select_users("ORDER BY id LIMIT $1 OFFSET $2"), page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_user(rows));
    }
    return listing;
  });
}

Result<account::User> SqlStore::change_user(UserId id, const account::UserChange& change) {
  return writer_.write([&](Write& write) -> Result<account::User> {
    RECAST_TRY(auto user, find_user(write.sql, id));
    const bool loses = change.administrator == false || change.enabled == false;
    if (loses) RECAST_CHECK(may_lose(write, user));
    const bool ends = user.enabled && change.enabled == false;
    if (change.email && change.email->size() > kLongestName)
      return fail(ErrorCode::invalid_data, "The email may not be longer than 255 bytes.", "email");
    user.email = change.email.value_or(user.email);
    user.administrator = change.administrator.value_or(user.administrator);
    user.enabled = change.enabled.value_or(user.enabled);
    write.sql.execute("UPDATE users SET email = $2, administrator = $3, enabled = $4 WHERE id = $1", id, user.email,
                      user.administrator, user.enabled);
    Audit::note(write, "user.change", object_name("user", id), words_of(change));
    if (ends) end_log_ins(write, id, true);
    write.after_commit([this] { keys_.clear(); });
    return user;
  });
}

Result<std::vector<account::User>> SqlStore::list_users() {
  return readers_.read([](sql::Connection& connection) -> Result<std::vector<account::User>> {
    std::vector<account::User> users;
    auto rows = connection.query(select_users("ORDER BY id"));
    while (rows.next()) users.push_back(read_user(rows));
    return users;
  });
}

Result<account::User> SqlStore::user(UserId id) {
  return readers_.read([&](sql::Connection& connection) { return find_user(connection, id); });
}

Result<account::User> SqlStore::user_by_name(std::string_view username) {
  return readers_.read([&](sql::Connection& connection) -> Result<account::User> {
    auto rows = connection.query(select_users("WHERE username = $1"), username);
    if (!rows.next()) return std::unexpected(no_such("user"));
    return read_user(rows);
  });
}

Result<> SqlStore::delete_user(UserId id) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto user, find_user(write.sql, id));
    RECAST_CHECK(may_lose(write, user));
    end_log_ins(write, id, true);
    // Those that run are told to stop; files become garbage with their rows.
    for (const auto& job : ids_of(write.sql, "SELECT id FROM jobs WHERE user_id = $1", id)) {
      write.event("job.deleted", id, JobId(job), {});
      remove_job(write, JobId(job));
    }
    for (const auto& task : ids_of(write.sql, "SELECT id FROM tasks WHERE user_id = $1", id)) {
      write.event("task.deleted", id, {}, TaskId(task));
      remove_task(write, TaskId(task));
    }
    Grants::end_clients_of(write, database_, id);
    write.sql.execute("DELETE FROM users WHERE id = $1", id);
    Audit::note(write, "user.delete", object_name("user", id), user.username);
    write.after_commit([this] { keys_.clear(); });
    return {};
  });
}

}  // namespace recast::store
