#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "account/redirect_uri.hpp"
#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/oauth/routes.hpp"
#include "api/oauth/settings.hpp"
#include "api/query.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/grants.hpp"

namespace recast::api {

namespace {

struct NewClient {
  std::string name;
  std::vector<std::string> redirect_uris;
  std::vector<std::string> grant_types{"authorization_code", "refresh_token"};
  bool confidential = true;

  static constexpr auto fields = std::tuple{
      schema::field(&NewClient::name, "name", "What users see it called.", {.required = true}),
      schema::field(&NewClient::redirect_uris, "redirect_uris", "Where users may be sent back to.", {.required = true}),
      schema::field(&NewClient::grant_types, "grant_types", "authorization_code, refresh_token, implicit."),
      schema::field(&NewClient::confidential, "confidential", "Whether it can keep a secret."),
  };
};

struct ChangedClient {
  std::optional<std::string> name;
  std::vector<std::string> redirect_uris;
  std::vector<std::string> grant_types;

  static constexpr auto fields = std::tuple{
      schema::field(&ChangedClient::name, "name", "What users see it called."),
      schema::field(&ChangedClient::redirect_uris, "redirect_uris", "Where users may be sent back to."),
      schema::field(&ChangedClient::grant_types, "grant_types", "authorization_code, refresh_token, implicit."),
  };
};

store::Grants& grants_of(Call& call) { return call.context.services.store.grants(); }

json::object view(const account::OauthClient& client) {
  json::object out;
  out["id"] = client.id;
  out["user_id"] = static_cast<std::int64_t>(client.user);
  out["name"] = client.name;
  out["confidential"] = client.confidential;
  out["redirect_uris"] = json::value_from(client.redirect_uris);
  out["grant_types"] = json::value_from(client.flows);
  out["created_at"] = format_time(client.created);
  out["updated_at"] = format_time(client.updated);
  return out;
}

/// With its secret, which is shown this once.
json::object view(const account::OauthClient& client, const std::string& secret) {
  auto out = view(client);
  out["secret"] = secret.empty() ? json::value(nullptr) : json::value(secret);
  return out;
}

std::string new_secret(Call& call) { return account::new_client_secret(call.context.services.random); }

Result<http::Response> create_client(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<NewClient>(body));
  account::OauthClient client{.id = {},
                              .user = call.principal.user.id,
                              .name = std::move(wanted.name),
                              .confidential = wanted.confidential,
                              .redirect_uris = std::move(wanted.redirect_uris),
                              .flows = std::move(wanted.grant_types)};
  RECAST_CHECK(account::check_client(client));
  const auto secret = client.confidential ? new_secret(call) : std::string();
  const auto most = call.context.services.oauth.clients_per_user;
  RECAST_TRY(const auto made, grants_of(call).create_client(std::move(client), secret, most));
  return data_response(201, view(made, secret));
}

Result<http::Response> list_of(Call& call, std::optional<UserId> user) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto list, grants_of(call).list_clients(user, page));
  json::array data;
  for (const auto& client : list.items) data.push_back(view(client));
  return api_response(
      200, list_body(std::move(data), call.request.query, call.bases.api + call.request.path, list.page, list.more));
}

Result<http::Response> list_clients(Call& call) { return list_of(call, call.principal.user.id); }
Result<http::Response> list_all_clients(Call& call) { return list_of(call, std::nullopt); }

Result<http::Response> show_client(Call& call) {
  RECAST_TRY(const auto client, grants_of(call).client(call.principal.user.id, call.request.captures.at(0)));
  return data_response(200, view(client));
}

Result<http::Response> change_client(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<ChangedClient>(body));
  if (body.contains("confidential"))
    return fail(ErrorCode::invalid_data, "Whether a client keeps a secret cannot be changed.", "confidential");
  RECAST_TRY(auto client, grants_of(call).client(call.principal.user.id, call.request.captures.at(0)));
  if (wanted.name) client.name = *std::move(wanted.name);
  const auto* const addresses = body.if_contains("redirect_uris");
  if (addresses != nullptr && !addresses->is_null()) client.redirect_uris = std::move(wanted.redirect_uris);
  if (!wanted.grant_types.empty()) client.flows = std::move(wanted.grant_types);
  RECAST_CHECK(account::check_client(client));
  RECAST_TRY(const auto changed, grants_of(call).change_client(client));
  return data_response(200, view(changed));
}

Result<http::Response> renew_secret(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  const auto secret = new_secret(call);
  RECAST_TRY(const auto client,
             grants_of(call).set_secret(call.principal.user.id, call.request.captures.at(0), secret));
  return data_response(200, view(client, secret));
}

Result<http::Response> delete_client(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_CHECK(grants_of(call).remove_client(call.principal.user.id, call.request.captures.at(0)));
  return http::Response::empty(204);
}

Result<http::Response> delete_any_client(Call& call) {
  RECAST_CHECK(grants_of(call).remove_client(std::nullopt, call.request.captures.at(0)));
  return http::Response::empty(204);
}

}  // namespace

/// Ours: the service's own are registered in its dashboard (core.md 3.3).
void add_oauth_client_routes(Routes& routes) {
  using account::scope::admin;
  using account::scope::user_read;
  using account::scope::user_write;
  routes.create("/v2/oauth/clients", user_write, &create_client);
  routes.get("/v2/oauth/clients", user_read, &list_clients);
  routes.get("/v2/oauth/clients/{id}", user_read, &show_client);
  routes.add("PATCH", "/v2/oauth/clients/{id}", user_write, &change_client);
  routes.post("/v2/oauth/clients/{id}/secret", user_write, &renew_secret);
  routes.del("/v2/oauth/clients/{id}", user_write, &delete_client);
  routes.get("/admin/v1/oauth/clients", admin, &list_all_clients);
  routes.del("/admin/v1/oauth/clients/{id}", admin, &delete_any_client);
}

}  // namespace recast::api
