#include <fmt/format.h>

#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/authorizations.hpp"
#include "store/grants.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns =
    "oauth_clients.id, user_id, name, secret, redirect_uris, flows, oauth_clients.created, updated";

account::OauthClient read_client(const sql::Rows& rows) {
  return {.id = rows.text(0),
          .user = UserId(rows.integer(1)),
          .name = rows.text(2),
          .confidential = !rows.is_null(3),
          .redirect_uris = words_of(rows.view(4)),
          .flows = words_of(rows.view(5)),
          .created = rows.time(6),
          .updated = rows.time(7)};
}

Result<account::OauthClient> find_client(sql::Connection& connection, std::optional<UserId> user, std::string_view id) {
  auto rows = connection.query(
      fmt::format("SELECT {} FROM oauth_clients WHERE id = $1 AND ($2 IS NULL OR user_id = $2)", kColumns), id, user);
  if (!rows.next()) return std::unexpected(no_such("OAuth client"));
  return read_client(rows);
}

std::string object_name(std::string_view id) { return "OAuth client " + std::string(id); }

/// For the audit log: an address may have something secret in its query.
std::string detail_of(const account::OauthClient& client) {
  std::string text = client.name + (client.confidential ? "" : ", public") + ", " + joined(client.flows);
  for (const auto& uri : client.redirect_uris) text.append(", ").append(uri.substr(0, uri.find('?')));
  return text;
}

constexpr std::string_view kOfClient = "grant_id IN (SELECT id FROM oauth_grants WHERE client_id = $1)";

}  // namespace

Result<account::OauthClient> Grants::create_client(account::OauthClient client, std::string_view secret,
                                                   std::int64_t most) {
  client.id = database_.random.uuid();
  client.confidential = !secret.empty();
  const auto hash = client.confidential ? std::optional(account::token_hash(secret)) : std::nullopt;
  return database_.writer.write([&](Write& write) -> Result<account::OauthClient> {
    {
      auto rows = write.sql.query("SELECT count(*) FROM oauth_clients WHERE user_id = $1", client.user);
      if (rows.next() && rows.integer(0) >= most) {
        return fail(ErrorCode::invalid_data,
                    fmt::format("There are {} OAuth clients already, which is the most.", most), "name");
      }
    }
    write.sql.execute(
        "INSERT INTO oauth_clients (id, user_id, name, secret, redirect_uris, flows, created, updated) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        client.id, client.user, client.name, hash, joined(client.redirect_uris), joined(client.flows), write.now);
    Audit::note(write, "oauth-client.create", object_name(client.id), detail_of(client));
    return find_client(write.sql, client.user, client.id);
  });
}

Result<Listing<account::OauthClient>> Grants::list_clients(std::optional<UserId> user, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::OauthClient>> {
    Listing<account::OauthClient> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(fmt::format("SELECT {} FROM oauth_clients WHERE $1 IS NULL OR user_id = $1 "
                                             "ORDER BY oauth_clients.created DESC, id LIMIT $2 OFFSET $3",
                                             kColumns),
                                 user, page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_client(rows));
    }
    return listing;
  });
}

Result<account::OauthClient> Grants::client(UserId user, std::string_view id) {
  return database_.readers.read([&](sql::Connection& connection) { return find_client(connection, user, id); });
}

Result<account::OauthClient> Grants::change_client(const account::OauthClient& client) {
  return database_.writer.write([&](Write& write) -> Result<account::OauthClient> {
    const auto changed = write.sql.execute(
        "UPDATE oauth_clients SET name = $3, redirect_uris = $4, flows = $5, updated = $6 WHERE id = $1 AND user_id = "
        "$2",
        client.id, client.user, client.name, joined(client.redirect_uris), joined(client.flows), write.now);
    if (changed == 0) return std::unexpected(no_such("OAuth client"));
    Audit::note(write, "oauth-client.change", object_name(client.id), detail_of(client));
    return find_client(write.sql, client.user, client.id);
  });
}

Result<account::OauthClient> Grants::set_secret(UserId user, std::string_view id, std::string_view secret) {
  const auto hash = account::token_hash(secret);
  return database_.writer.write([&](Write& write) -> Result<account::OauthClient> {
    RECAST_TRY(const auto client, find_client(write.sql, user, id));
    if (!client.confidential) return fail(ErrorCode::conflict, "A public client has no secret.");
    write.sql.execute("UPDATE oauth_clients SET secret = $2, updated = $3 WHERE id = $1", id, hash, write.now);
    Audit::note(write, "oauth-client.rotate-secret", object_name(id));
    return find_client(write.sql, user, id);
  });
}

Result<> Grants::remove_client(std::optional<UserId> user, std::string_view id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    RECAST_TRY(const auto client, find_client(write.sql, user, id));
    end_authorizations(write, database_, kOfClient, id);
    write.sql.execute("DELETE FROM oauth_clients WHERE id = $1", id);
    Audit::note(write, "oauth-client.delete", object_name(id), client.name);
    return {};
  });
}

void Grants::end_clients_of(Write& write, Database& database, UserId user) {
  end_authorizations(write, database,
                     "grant_id IN (SELECT oauth_grants.id FROM oauth_grants JOIN oauth_clients ON oauth_clients.id = "
                     "client_id WHERE oauth_clients.user_id = $1 OR oauth_grants.user_id = $1)",
                     user);
}

Result<std::optional<Grants::Known>> Grants::known(std::string_view id) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Known>> {
    auto rows = connection.query(fmt::format("SELECT {}, username FROM oauth_clients JOIN users ON users.id = user_id "
                                             "WHERE oauth_clients.id = $1 AND enabled = 1",
                                             kColumns),
                                 id);
    if (!rows.next()) return std::nullopt;
    return Known{.client = read_client(rows), .owner = rows.text(8), .secret = rows.text(3)};
  });
}

}  // namespace recast::store
