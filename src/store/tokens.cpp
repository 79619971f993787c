#include <fmt/format.h>

#include <algorithm>

#include "account/redirect_uri.hpp"
#include "account/signing.hpp"
#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/authorizations.hpp"
#include "store/grants.hpp"

namespace recast::store {

namespace {

constexpr std::size_t kShownPrefix = 12;  // of a token, as for keys

/// What is known of an authorization whose code or refresh token somebody presents.
struct Row {
  AuthorizationId id{};
  std::string client;
  std::vector<std::string> scopes;
  std::string redirect_uri;
  bool redirect_asked = false;
  bool redirect_registered = false;  ///< still
  account::Challenge challenge;
  std::optional<Time> code_until;
  bool redeemed = false;
  std::string refresh;
  std::optional<Time> refresh_until;
};

/// `column` is "code" or "family", each of which is unique.
std::optional<Row> find_row(sql::Connection& connection, std::string_view column, std::string_view hash) {
  auto rows = connection.query(
      fmt::format("SELECT oauth_authorizations.id, client_id, oauth_authorizations.scopes, redirect_uri, "
                  "redirect_asked, challenge, method, code_until, redeemed, refresh, refresh_until, redirect_uris "
                  "FROM oauth_authorizations JOIN oauth_grants ON oauth_grants.id = grant_id "
                  "JOIN oauth_clients ON oauth_clients.id = client_id "
                  "JOIN users ON users.id = oauth_grants.user_id AND enabled = 1 WHERE {} = $1",
                  column),
      hash);
  if (!rows.next()) return std::nullopt;
  const auto is_asked = [asked = rows.text(3)](const std::string& uri) {
    return account::is_same_redirect(uri, asked);
  };
  return Row{.id = AuthorizationId(rows.integer(0)),
             .client = rows.text(1),
             .scopes = words_of(rows.view(2)),
             .redirect_uri = rows.text(3),
             .redirect_asked = rows.boolean(4),
             .redirect_registered = std::ranges::any_of(words_of(rows.view(11)), is_asked),
             .challenge = {.method = static_cast<account::Challenge::Method>(rows.integer(6)), .value = rows.text(5)},
             .code_until = rows.optional_time(7),
             .redeemed = !rows.is_null(8),
             .refresh = rows.text(9),
             .refresh_until = rows.optional_time(10)};
}

void end_one(Write& write, Database& database, AuthorizationId id, std::string_view action) {
  Audit::note(write, action, fmt::format("OAuth authorization {}", static_cast<std::int64_t>(id)));
  end_authorizations(write, database, "id = $1", id);
}

std::unexpected<Error> refused(std::string message, std::string field) {
  return fail(ErrorCode::invalid_data, std::move(message), std::move(field));
}

/// Whether the code of that row is for who redeems it, so.
Result<> check_redemption(const Row& row, const Grants::Redemption& redemption, Time now) {
  if (row.code_until && *row.code_until <= now) return refused("The authorization code has expired.", "code");
  // An address is taken out because it is in strange hands, and so may be the codes that went there.
  if (!row.redirect_registered)
    return refused("The address that the authorization code was sent to is not registered any more.", "code");
  const bool same_redirect =
      redemption.redirect_uri ? *redemption.redirect_uri == row.redirect_uri : !row.redirect_asked;
  if (!same_redirect) return refused("The redirect_uri is not the one of the authorization request.", "redirect_uri");
  if (!row.challenge.is_met_by(redemption.verifier))
    return refused("The code_verifier does not fit the code_challenge of the authorization request.", "code_verifier");
  return {};
}

void keep_refresh_token(Write& write, AuthorizationId id, const Grants::Fresh& fresh) {
  if (!fresh.refresh_token) return;
  write.sql.execute("UPDATE oauth_authorizations SET family = $2, refresh = $3, refresh_until = $4 WHERE id = $1", id,
                    account::token_hash(fresh.refresh_token->family), account::token_hash(fresh.refresh_token->secret),
                    write.now + fresh.refresh_life);
}

/// The access token before lasts a little longer, for requests that are on their way; those before it end.
void retire_access_tokens(Write& write, Database& database, AuthorizationId id, std::chrono::seconds overlap) {
  end_access_tokens(write, database,
                    "authorization_id = $1 AND id < (SELECT max(id) FROM api_keys WHERE authorization_id = $1)", id);
  write.sql.execute("UPDATE api_keys SET expires = min(expires, $2) WHERE authorization_id = $1", id,
                    write.now + overlap);
  write.after_commit([&database] { database.keys.clear(); });
}

constexpr std::string_view kSelectToken =
    "SELECT oauth_grants.client_id, users.id, username, users.created, {} FROM oauth_authorizations "
    "JOIN oauth_grants ON oauth_grants.id = grant_id JOIN users ON users.id = oauth_grants.user_id AND enabled = 1 {}";

Grants::Token read_token(const sql::Rows& rows, bool refresh) {
  Grants::Token token{
      .client = rows.text(0),
      .user = {.id = UserId(rows.integer(1)), .username = rows.text(2), .email = {}, .created = rows.time(3)},
      .scopes = words_of(rows.view(4)),
      .refresh = refresh,
      .issued = rows.time(5),
      .expires = rows.optional_time(6)};
  return token;
}

std::optional<Grants::Token> find_access_token(sql::Connection& connection, std::string_view token) {
  static const auto query =
      fmt::format(kSelectToken, "api_keys.scopes, api_keys.created, api_keys.expires",
                  "JOIN api_keys ON api_keys.authorization_id = oauth_authorizations.id WHERE hash = $1");
  auto rows = connection.query(query, account::token_hash(token));
  if (!rows.next()) return std::nullopt;
  return read_token(rows, false);
}

std::optional<Grants::Token> find_refresh_token(sql::Connection& connection, const account::RefreshToken& token) {
  static const auto query =
      fmt::format(kSelectToken, "oauth_authorizations.scopes, oauth_authorizations.redeemed, refresh_until",
                  "WHERE family = $1 AND refresh = $2");
  auto rows = connection.query(query, account::token_hash(token.family), account::token_hash(token.secret));
  if (!rows.next()) return std::nullopt;
  return read_token(rows, true);
}

}  // namespace

void add_access_token(Write& write, AuthorizationId authorization, const std::vector<std::string>& scopes,
                      std::string_view token, std::chrono::seconds life) {
  write.sql.execute(
      "INSERT INTO api_keys (user_id, name, prefix, hash, scopes, created, mode, expires, authorization_id) "
      "SELECT oauth_grants.user_id, name, $2, $3, $4, $5, mode, $6, oauth_authorizations.id FROM oauth_authorizations "
      "JOIN oauth_grants ON oauth_grants.id = grant_id JOIN oauth_clients ON oauth_clients.id = client_id "
      "WHERE oauth_authorizations.id = $1",
      authorization, token.substr(0, kShownPrefix), account::token_hash(token), joined(scopes), write.now,
      write.now + life);
}

Result<std::vector<std::string>> Grants::redeem(const Redemption& redemption, const Fresh& fresh) {
  using Scopes = std::vector<std::string>;
  const auto hash = account::token_hash(redemption.code);
  // An error would undo the change, and what a code that comes twice leads to has to stay.
  RECAST_TRY(auto scopes, database_.writer.write([&](Write& write) -> Result<std::optional<Scopes>> {
    const auto row = find_row(write.sql, "code", hash);
    if (!row || row->client != redemption.client)
      return refused("The authorization code is not one of this client's, or not any more.", "code");
    if (row->redeemed) {
      end_one(write, database_, row->id, "oauth-grant.code-reused");
      return std::nullopt;
    }
    RECAST_CHECK(check_redemption(*row, redemption, write.now));
    write.sql.execute("UPDATE oauth_authorizations SET redeemed = $2 WHERE id = $1", row->id, write.now);
    keep_refresh_token(write, row->id, fresh);
    add_access_token(write, row->id, row->scopes, fresh.access_token, fresh.access_life);
    return row->scopes;
  }));
  if (!scopes) return refused("The authorization code was used before: what it gave is revoked.", "code");
  return *std::move(scopes);
}

Result<std::vector<std::string>> Grants::refresh(std::string_view client, const account::RefreshToken& token,
                                                 const std::optional<std::vector<std::string>>& wanted,
                                                 const Fresh& fresh, std::chrono::seconds overlap) {
  using Scopes = std::vector<std::string>;
  const auto family = account::token_hash(token.family);
  const auto secret = account::token_hash(token.secret);
  RECAST_TRY(auto scopes, database_.writer.write([&](Write& write) -> Result<std::optional<Scopes>> {
    const auto row = find_row(write.sql, "family", family);
    const bool good = row && row->client == client && row->refresh_until && *row->refresh_until > write.now;
    if (!good) return refused("The refresh token is not one of this client's, or not any more.", "refresh_token");
    if (!account::same_signature(row->refresh, secret)) {
      end_one(write, database_, row->id, "oauth-grant.token-reused");
      return std::nullopt;
    }
    if (wanted && !account::covers(row->scopes, *wanted))
      return refused("The scope has more than was granted.", "scope");
    retire_access_tokens(write, database_, row->id, overlap);
    keep_refresh_token(write, row->id, fresh);
    add_access_token(write, row->id, wanted.value_or(row->scopes), fresh.access_token, fresh.access_life);
    return wanted.value_or(row->scopes);
  }));
  if (!scopes) return refused("The refresh token was used before: what came of it is revoked.", "refresh_token");
  return *std::move(scopes);
}

Result<std::optional<Grants::Token>> Grants::look_up(std::string_view token) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Token>> {
    const auto refresh = account::read_refresh_token(token);
    auto found = refresh ? find_refresh_token(connection, *refresh) : find_access_token(connection, token);
    if (found && found->expires && *found->expires <= database_.clock.now()) return std::nullopt;
    return found;
  });
}

Result<> Grants::revoke(std::string_view client, std::string_view token) {
  const auto refresh = account::read_refresh_token(token);
  const auto hash = account::token_hash(refresh ? refresh->family : token);
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    std::optional<AuthorizationId> id;
    {
      // Of a refresh token its family will do: whoever has a former one may end it as well.
      auto rows = write.sql.query(
          fmt::format("SELECT oauth_authorizations.id, client_id FROM oauth_authorizations "
                      "JOIN oauth_grants ON oauth_grants.id = grant_id WHERE {}",
                      refresh ? "family = $1"
                              : "oauth_authorizations.id = (SELECT authorization_id FROM api_keys WHERE hash = $1)"),
          hash);
      if (!rows.next()) return {};
      if (rows.view(1) != client) return refused("The token was issued to another client.", "token");
      id = AuthorizationId(rows.integer(0));
    }
    end_one(write, database_, *id, "oauth-token.revoke");
    return {};
  });
}

Result<> Grants::purge(std::int64_t at_most) {
  // A code that was redeemed is known as long as what it gave, so that its reuse is noticed.
  constexpr std::string_view kOverCodes =
      "id IN (SELECT id FROM oauth_authorizations WHERE redeemed IS NULL AND code IS NOT NULL AND code_until <= $1 "
      "LIMIT ";
  constexpr std::string_view kOverTokens =
      "id IN (SELECT id FROM api_keys WHERE authorization_id IS NOT NULL AND expires <= $1 LIMIT ";
  constexpr std::string_view kOver =
      "id IN (SELECT id FROM oauth_authorizations WHERE (redeemed IS NOT NULL OR code IS NULL) AND (refresh_until IS "
      "NULL OR refresh_until <= $1) AND NOT EXISTS (SELECT 1 FROM api_keys WHERE authorization_id = "
      "oauth_authorizations.id) LIMIT ";
  const auto some = [&](std::string_view which) { return fmt::format("{}{})", which, at_most); };
  const auto now = database_.clock.now();
  RECAST_TRY(const bool any, database_.readers.read([&](sql::Connection& connection) -> Result<bool> {
    const auto finds = [&](std::string_view table, std::string_view which) {
      return connection.query(fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", table, some(which)), now).next();
    };
    return finds("oauth_authorizations", kOverCodes) || finds("api_keys", kOverTokens) ||
           finds("oauth_authorizations", kOver);
  }));
  if (!any) return {};
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    end_authorizations(write, database_, some(kOverCodes), write.now);
    end_access_tokens(write, database_, some(kOverTokens), write.now);
    end_authorizations(write, database_, some(kOver), write.now);
    return {};
  });
}

}  // namespace recast::store
