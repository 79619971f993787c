#include "store/grants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/authorizations.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kSelectGrants =
    "SELECT oauth_grants.id, oauth_grants.user_id, client_id, name, scopes, "
    "(SELECT count(*) FROM oauth_authorizations WHERE grant_id = oauth_grants.id AND (redeemed IS NOT NULL OR code IS "
    "NULL)), oauth_grants.created, oauth_grants.updated, "
    "(SELECT max(last_used) FROM api_keys JOIN oauth_authorizations ON oauth_authorizations.id = authorization_id "
    "WHERE grant_id = oauth_grants.id), live_scopes "
    "FROM oauth_grants JOIN oauth_clients ON oauth_clients.id = client_id WHERE oauth_grants.user_id = $1 ";

account::Grant read_grant(const sql::Rows& rows) {
  account::Grant grant{.id = GrantId(rows.integer(0)),
                       .user = UserId(rows.integer(1)),
                       .client = rows.text(2),
                       .client_name = rows.text(3),
                       .scopes = words_of(rows.view(4)),
                       .authorizations = rows.integer(5),
                       .created = rows.time(6),
                       .updated = rows.time(7),
                       .last_used = rows.optional_time(8)};
  if (!rows.is_null(9)) grant.live_scopes = words_of(rows.view(9));
  return grant;
}

void add_missing(std::vector<std::string>& scopes, const std::vector<std::string>& more) {
  for (const auto& scope : more) {
    if (std::ranges::find(scopes, scope) == scopes.end()) scopes.push_back(scope);
  }
}

std::optional<account::Grant> find_grant(sql::Connection& connection, UserId user, std::string_view client) {
  auto rows = connection.query(std::string(kSelectGrants) + "AND client_id = $2", user, client);
  if (!rows.next()) return std::nullopt;
  return read_grant(rows);
}

/// The grant of that user and client, with the scopes of the approval among its own.
Result<GrantId> extend_grant(Write& write, const Grants::Approval& approval) {
  const bool live = approval.mode != account::KeyMode::sandbox;
  auto grant = find_grant(write.sql, approval.user, approval.client);
  if (!grant) {
    auto rows = write.sql.query("SELECT 1 FROM oauth_clients WHERE id = $1", approval.client);
    if (!rows.next()) return std::unexpected(no_such("OAuth client"));
    write.sql.execute(
        "INSERT INTO oauth_grants (user_id, client_id, scopes, live_scopes, created, updated) "
        "VALUES ($1, $2, $3, $4, $5, $5)",
        approval.user, approval.client, joined(approval.scopes),
        live ? std::optional(joined(approval.scopes)) : std::nullopt, write.now);
    return GrantId(write.sql.last_row());
  }
  add_missing(grant->scopes, approval.scopes);
  if (live && !grant->live_scopes) grant->live_scopes.emplace();
  if (live) add_missing(*grant->live_scopes, approval.scopes);
  write.sql.execute("UPDATE oauth_grants SET scopes = $2, live_scopes = $3, updated = $4 WHERE id = $1", grant->id,
                    joined(grant->scopes),
                    grant->live_scopes ? std::optional(joined(*grant->live_scopes)) : std::nullopt, write.now);
  return grant->id;
}

/// Makes room for one more: codes that nobody has redeemed go before what clients work with.
void make_room(Write& write, Database& database, GrantId grant, std::int64_t most) {
  std::vector<std::int64_t> ids;
  {
    auto rows = write.sql.query(
        "SELECT id FROM oauth_authorizations WHERE grant_id = $1 "
        "ORDER BY redeemed IS NOT NULL OR code IS NULL, id",
        grant);
    while (rows.next()) ids.push_back(rows.integer(0));
  }
  for (std::size_t i = 0; std::ssize(ids) - static_cast<std::int64_t>(i) >= most; ++i)
    end_authorizations(write, database, "id = $1", ids[i]);
}

/// The approval's part of an authorization; noted in the audit log.
Result<GrantId> begin_authorization(Write& write, Database& database, const Grants::Approval& approval) {
  RECAST_TRY(const auto grant, extend_grant(write, approval));
  make_room(write, database, grant, approval.most);
  Audit::note(write, "oauth-grant.give", object_name("OAuth grant", grant),
              fmt::format("OAuth client {}: {}", approval.client, joined(approval.scopes)));
  return grant;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto word : split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

Result<std::vector<account::Grant>> Grants::list(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::Grant>> {
    std::vector<account::Grant> list;
    auto rows = connection.query(std::string(kSelectGrants) + "ORDER BY oauth_grants.id DESC", user);
    while (rows.next()) list.push_back(read_grant(rows));
    return list;
  });
}

Result<std::optional<account::Grant>> Grants::find(UserId user, std::string_view client) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<account::Grant>> {
    return find_grant(connection, user, client);
  });
}

Result<> Grants::remove(UserId user, GrantId id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    {
      auto rows = write.sql.query("SELECT 1 FROM oauth_grants WHERE id = $1 AND user_id = $2", id, user);
      if (!rows.next()) return std::unexpected(no_such("OAuth grant"));
    }
    end_authorizations(write, database_, "grant_id = $1", id);
    write.sql.execute("DELETE FROM oauth_grants WHERE id = $1", id);
    Audit::note(write, "oauth-grant.revoke", object_name("OAuth grant", id));
    return {};
  });
}

Result<> Grants::give_code(const Approval& approval, const CodeTerms& terms, std::string_view code) {
  const auto hash = account::token_hash(code);
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_TRY(const auto grant, begin_authorization(write, database_, approval));
    write.sql.execute(
        "INSERT INTO oauth_authorizations (grant_id, scopes, mode, code, code_until, redirect_uri, redirect_asked, "
        "challenge, method, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        grant, joined(approval.scopes), approval.mode, hash, write.now + terms.life, terms.redirect_uri,
        terms.redirect_asked, terms.challenge.value, terms.challenge.method, write.now);
    return {};
  });
}

Result<> Grants::give_token(const Approval& approval, std::string_view access_token, std::chrono::seconds life) {
  return database_.writer.write([&](Write& write) -> Result<> {
    RECAST_TRY(const auto grant, begin_authorization(write, database_, approval));
    write.sql.execute("INSERT INTO oauth_authorizations (grant_id, scopes, mode, created) VALUES ($1, $2, $3, $4)",
                      grant, joined(approval.scopes), approval.mode, write.now);
    add_access_token(write, AuthorizationId(write.sql.last_row()), approval.scopes, access_token, life);
    return {};
  });
}

}  // namespace recast::store
