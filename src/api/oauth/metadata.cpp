#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "account/oauth.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/oauth/routes.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kWellKnown = "/.well-known/oauth-authorization-server";

json::object metadata_of(const std::string& issuer) {
  json::object out;
  out["issuer"] = issuer;
  out["authorization_endpoint"] = issuer + "/oauth/authorize";
  out["token_endpoint"] = issuer + "/oauth/token";
  out["revocation_endpoint"] = issuer + "/oauth/revoke";
  out["introspection_endpoint"] = issuer + "/oauth/introspect";
  out["scopes_supported"] = json::value_from(account::all_scopes());
  out["response_types_supported"] = {"code", "token"};
  out["response_modes_supported"] = {"query", "fragment"};
  out["grant_types_supported"] = {account::flow::code, account::flow::implicit, account::flow::refresh};
  out["token_endpoint_auth_methods_supported"] = {"client_secret_basic", "client_secret_post", "none"};
  out["revocation_endpoint_auth_methods_supported"] = {"client_secret_basic", "client_secret_post", "none"};
  out["introspection_endpoint_auth_methods_supported"] = {"client_secret_basic", "client_secret_post"};
  out["code_challenge_methods_supported"] = {"S256", "plain"};
  out["authorization_response_iss_parameter_supported"] = true;
  return out;
}

std::string_view path_of(std::string_view url) {
  const auto host = url.find("://");
  const auto slash = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  return slash == std::string_view::npos ? std::string_view() : url.substr(slash);
}

/// RFC 8414 3: the path of an issuer stands behind the well-known part. That of the sandbox is known there besides.
Result<http::Response> show_metadata(Call& call) {
  const auto rest = call.request.captures.empty() ? std::string() : "/" + call.request.captures[0];
  auto issuer = call.bases.api;
  if (rest.empty() || rest == path_of(issuer)) return api_response(200, metadata_of(issuer));
  issuer += "/sandbox";
  if (!call.mode.sandbox && rest == path_of(issuer)) return api_response(200, metadata_of(issuer));
  return fail(ErrorCode::not_found, "There is no such issuer here.");
}

}  // namespace

void add_metadata_routes(Routes& routes) {
  routes.get(std::string(kWellKnown), Routes::kPublic, &show_metadata);
  routes.get(std::string(kWellKnown) + "/{rest...}", Routes::kPublic, &show_metadata);
}

void add_oauth_routes(Routes& routes) {
  add_authorize_routes(routes);
  add_token_routes(routes);
  add_metadata_routes(routes);
  add_oauth_client_routes(routes);
  add_oauth_grant_routes(routes);
  add_application_routes(routes);
}

}  // namespace recast::api
