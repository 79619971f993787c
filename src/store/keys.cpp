#include <fmt/format.h>

#include "store/authorizations.hpp"
#include "store/paging.hpp"
#include "store/sql_store.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::size_t kShownPrefix = 12;  // of a token
constexpr std::size_t kLongestName = 255;

account::KeyTerms read_terms(const sql::Rows& rows, int column) {
  return {.mode = static_cast<account::KeyMode>(rows.integer(column)),
          .expires = rows.optional_time(column + 1),
          .quota = read_limits(rows.view(column + 2)),
          .family = KeyId(rows.optional_integer(column + 3).value_or(0))};
}

/// Keys that have expired are no good to anybody, so they bar no new one; they stay in the list, for whoever wonders
/// why something stopped, until there are as many keys as there may be. Then those that expired first make way.
Result<> make_room_for_key(Write& write, UserId user, std::int64_t most) {
  constexpr std::string_view own = "FROM api_keys WHERE user_id = $1 AND authorization_id IS NULL";
  RECAST_CHECK(check_room(
      write.sql.query(fmt::format("SELECT count(*) {} AND (expires IS NULL OR expires > $2)", own), user, write.now),
      most, "keys"));
  std::vector<std::string> expired;
  {
    auto rows = write.sql.query(fmt::format("SELECT id {} AND expires <= $2 ORDER BY expires, id "
                                            "LIMIT max(0, (SELECT count(*) {}) - $3 + 1)",
                                            own, own),
                                user, write.now, most);
    while (rows.next()) expired.push_back(rows.text(0));
  }
  for (const auto& id : expired) {
    const auto key = KeyId(std::stoll(id));
    write.sql.execute("DELETE FROM api_keys WHERE id = $1", key);
    Audit::note(write, "key.expire", object_name("key", key), "made way for a new one");
    write.key_revoked(user, key);
  }
  return {};
}

}  // namespace

Result<account::ApiKey> SqlStore::create_key(UserId user, std::string name, std::vector<std::string> scopes,
                                             std::string_view token, account::KeyTerms terms, std::int64_t most) {
  if (name.size() > kLongestName)
    return fail(ErrorCode::invalid_data, "The name may not be longer than 255 bytes.", "name");
  for (const auto& scope : scopes) {
    if (scope.empty() || scope.find_first_of(" \t\r\n") != std::string::npos) {
      return fail(ErrorCode::invalid_data, "The selected scopes is invalid.", "scopes");
    }
  }
  const auto hash = account::token_hash(token);
  const auto quota = account::quota_text(terms.quota);
  return writer_.write([&](Write& write) -> Result<account::ApiKey> {
    RECAST_CHECK(find_user(write.sql, user));
    RECAST_CHECK(make_room_for_key(write, user, most));
    account::ApiKey key{.user = user,
                        .name = name,
                        .prefix = std::string(token.substr(0, kShownPrefix)),
                        .scopes = scopes,
                        .created = write.now,
                        .last_used = {},
                        .terms = terms};
    const auto added = write.sql.execute(
        "INSERT INTO api_keys (user_id, name, prefix, hash, scopes, created, mode, expires, quota, family) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT DO NOTHING",
        key.user, key.name, key.prefix, hash, fmt::format("{}", fmt::join(scopes, " ")), key.created, terms.mode,
        terms.expires, quota, terms.family == KeyId{} ? std::nullopt : std::optional(terms.family));
    if (added == 0) return fail(ErrorCode::conflict, "There is such a key already.");
    key.id = KeyId(write.sql.last_row());
    Audit::note(
        write, "key.create", object_name("key", key.id),
        fmt::format(
            "{}: {}{}{}{}", key.name, fmt::join(scopes, " "),
            terms.mode == account::KeyMode::both ? "" : fmt::format(", {} only", account::key_mode_name(terms.mode)),
            terms.expires ? ", until " + format_time(*terms.expires) : "", quota.empty() ? "" : ", quota " + quota));
    return key;
  });
}

Result<Listing<account::ApiKey>> SqlStore::page_of_keys(UserId user, Page page) {
  return readers_.read([&](sql::Connection& connection) -> Result<Listing<account::ApiKey>> {
    auto rows = connection.query(
        "SELECT id, user_id, name, prefix, scopes, created, last_used, mode, expires, quota, family FROM api_keys "
        "WHERE user_id = $1 AND authorization_id IS NULL ORDER BY id LIMIT $2 OFFSET $3",
        user, page.size + 1, offset_of(page));
    return read_page<account::ApiKey>(std::move(rows), page, [](const sql::Rows& row) -> account::ApiKey {
      return {KeyId(row.integer(0)), UserId(row.integer(1)), row.text(2),       row.text(3), words_of(row.view(4)),
              row.time(5),           row.optional_time(6),   read_terms(row, 7)};
    });
  });
}

Result<> SqlStore::revoke_key(UserId user, KeyId id) {
  return writer_.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed =
        write.sql.execute("DELETE FROM api_keys WHERE id = $1 AND user_id = $2 AND authorization_id IS NULL", id, user);
    if (removed == 0) return std::unexpected(no_such("key"));
    Audit::note(write, "key.revoke", object_name("key", id));
    write.key_revoked(user, id);
    write.after_commit([this] { keys_.clear(); });
    return {};
  });
}

Result<account::Principal> SqlStore::authenticate(std::string_view token) {
  const auto hash = account::token_hash(token);
  if (auto known = keys_.find(hash)) {
    if (known->terms.expires && *known->terms.expires <= clock_.now())
      return fail(ErrorCode::unauthenticated, "Unauthenticated.");
    return *std::move(known);
  }
  const auto generation = keys_.generation();
  std::optional<Time> used;
  RECAST_TRY(const auto principal, readers_.read([&](sql::Connection& connection) -> Result<account::Principal> {
    auto rows = connection.query(
        "SELECT id, user_id, scopes, last_used, mode, expires, quota, family, authorization_id FROM api_keys "
        "WHERE hash = $1",
        hash);
    if (!rows.next()) return fail(ErrorCode::unauthenticated, "Unauthenticated.");
    used = rows.optional_time(3);
    const auto terms = read_terms(rows, 4);
    if (terms.expires && *terms.expires <= clock_.now()) return fail(ErrorCode::unauthenticated, "Unauthenticated.");
    RECAST_TRY(auto user, find_user(connection, UserId(rows.integer(1))));
    if (!user.enabled) return fail(ErrorCode::unauthenticated, "Unauthenticated.");
    auto scopes = words_of(rows.view(2));
    if (!user.administrator) std::erase(scopes, account::scope::admin);  // who is none any more
    return account::Principal{std::move(user), KeyId(rows.integer(0)), std::move(scopes), terms, !rows.is_null(8)};
  }));
  keys_.put(hash, principal, generation);
  if (const auto now = clock_.now(); !used || now - *used >= std::chrono::minutes(1)) {
    writer_.post([key = principal.key, now](Write& write) {  // nobody waits for it
      write.sql.execute("UPDATE api_keys SET last_used = $2 WHERE id = $1", key, now);
      return true;
    });
  }
  return principal;
}

}  // namespace recast::store
