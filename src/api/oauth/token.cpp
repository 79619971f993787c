#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <memory>

#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/oauth/client_check.hpp"
#include "api/oauth/routes.hpp"
#include "api/oauth/settings.hpp"

namespace recast::api {

namespace {

store::Grants& grants_of(Call& call) { return call.context.services.store.grants(); }

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

/// A refresh token only for clients that are registered for it.
store::Grants::Fresh fresh_tokens(Call& call, const account::OauthClient& client) {
  auto& services = call.context.services;
  store::Grants::Fresh fresh{.access_token = account::new_token(services.random),
                             .access_life = std::chrono::seconds(services.oauth.access_token_seconds),
                             .refresh_token = {},
                             .refresh_life = std::chrono::seconds(services.oauth.refresh_token_seconds)};
  if (client.may(account::flow::refresh)) fresh.refresh_token = account::new_refresh_token(services.random);
  return fresh;
}

json::object tokens_view(const store::Grants::Fresh& fresh, const std::vector<std::string>& scopes) {
  json::object out;
  out["token_type"] = "Bearer";
  out["expires_in"] = fresh.access_life.count();
  out["access_token"] = fresh.access_token;
  if (fresh.refresh_token) out["refresh_token"] = fresh.refresh_token->text();
  out["scope"] = joined(scopes);
  return out;
}

OauthResult<json::object> redeem(Call& call, const OauthForm& form, const account::OauthClient& client) {
  RECAST_TRY(const auto code, form.need("code"));
  const auto fresh = fresh_tokens(call, client);
  const auto scopes = grants_of(call).redeem({.client = client.id,
                                              .code = code,
                                              .redirect_uri = form.get("redirect_uri"),
                                              .verifier = form.get("code_verifier").value_or("")},
                                             fresh);
  if (!scopes) return std::unexpected(oauth_error_of(scopes.error()));
  return tokens_view(fresh, *scopes);
}

OauthResult<json::object> refresh(Call& call, const OauthForm& form, const account::OauthClient& client) {
  RECAST_TRY(const auto text, form.need("refresh_token"));
  std::optional<std::vector<std::string>> wanted;
  if (const auto scope = form.get("scope")) {
    auto read = account::read_oauth_scopes(*scope);
    if (!read) return std::unexpected(oauth_error_of(read.error()));
    wanted = *std::move(read);
  }
  const auto token = account::read_refresh_token(text);
  if (!token) return oauth_fail("invalid_grant", "This is no refresh token.");
  auto& services = call.context.services;
  auto fresh = fresh_tokens(call, client);
  fresh.refresh_token = account::next_refresh_token(*token, services.random);
  const auto scopes =
      grants_of(call).refresh(client.id, *token, wanted, fresh, std::chrono::seconds(services.oauth.overlap_seconds));
  if (!scopes) return std::unexpected(oauth_error_of(scopes.error()));
  return tokens_view(fresh, *scopes);
}

OauthResult<json::object> give_tokens(Call& call, Failures& failures) {
  RECAST_TRY(const auto form, OauthForm::of_body(call.request));
  RECAST_TRY(const auto type, form.need("grant_type"));
  if (type != account::flow::code && type != account::flow::refresh)
    return oauth_fail("unsupported_grant_type", "The grant_type must be authorization_code or refresh_token.");
  RECAST_TRY(const auto client, check_client(call, form, failures));
  if (!client.may(type)) return oauth_fail("unauthorized_client", "The client is not registered for this grant_type.");
  return type == account::flow::code ? redeem(call, form, client) : refresh(call, form, client);
}

/// RFC 7009. What is no token any more is no error.
OauthResult<json::object> revoke(Call& call, Failures& failures) {
  RECAST_TRY(const auto form, OauthForm::of_body(call.request));
  RECAST_TRY(const auto client, check_client(call, form, failures));
  RECAST_TRY(const auto token, form.need("token"));
  const auto done = grants_of(call).revoke(client.id, token);
  if (!done) return std::unexpected(oauth_error_of(done.error()));
  return json::object();
}

/// RFC 7662. A client learns of its own tokens only.
OauthResult<json::object> introspect(Call& call, Failures& failures) {
  RECAST_TRY(const auto form, OauthForm::of_body(call.request));
  RECAST_TRY(const auto client, check_client(call, form, failures));
  if (!client.confidential) {
    return std::unexpected(OauthError{
        .code = "invalid_client", .description = "Only a client with a secret may ask this.", .status = 401});
  }
  RECAST_TRY(const auto text, form.need("token"));
  const auto token = grants_of(call).look_up(text);
  if (!token) return std::unexpected(oauth_error_of(token.error()));
  if (!*token || (*token)->client != client.id) return json::object{{"active", false}};
  const auto seconds = [](Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  json::object out{{"active", true}, {"scope", joined((*token)->scopes)}, {"client_id", client.id}};
  out["username"] = (*token)->user.username;
  if (!(*token)->refresh) out["token_type"] = "Bearer";
  if ((*token)->expires) out["exp"] = seconds(*(*token)->expires);
  out["iat"] = seconds((*token)->issued);
  out["sub"] = std::to_string(static_cast<std::int64_t>((*token)->user.id));
  out["iss"] = call.bases.api;
  return out;
}

}  // namespace

void add_token_routes(Routes& routes) {
  const auto& services = routes.context()->services;
  const auto failures = std::make_shared<Failures>(services.clock, services.oauth.wrong_secrets_per_minute);
  const auto endpoint = [&](std::string path, auto work) {
    routes.post(std::move(path), Routes::kPublic, [failures, work](Call& call) -> Result<http::Response> {
      const auto answer = work(call, *failures);
      return answer ? oauth_response(200, *answer) : oauth_error_response(answer.error());
    });
  };
  endpoint("/oauth/token", &give_tokens);
  endpoint("/oauth/revoke", &revoke);
  endpoint("/oauth/introspect", &introspect);
}

}  // namespace recast::api
