#include "api/login/pages.hpp"
#include "api/login/session.hpp"
#include "api/oauth/authorization_request.hpp"
#include "api/oauth/consent.hpp"
#include "api/oauth/routes.hpp"
#include "api/oauth/settings.hpp"
#include "store/audit.hpp"

namespace recast::api {

namespace {

store::Grants& grants_of(Call& call) { return call.context.services.store.grants(); }

/// Lets the client in: with a code, or by the implicit grant with a token at once.
Result<http::Response> approve(Call& call, const AuthorizationRequest& request, const Session& session) {
  auto& services = call.context.services;
  const store::ActorScope actor(
      {.user = session.user.id, .username = session.user.username, .key = {}, .address = call.request.remote_address});
  const store::Grants::Approval approval{.user = session.user.id,
                                         .client = request.client.client.id,
                                         .scopes = request.scopes,
                                         .mode = call.mode.sandbox ? account::KeyMode::sandbox : account::KeyMode::both,
                                         .most = services.oauth.logins_per_client};
  if (request.implicit) {
    const auto token = account::new_token(services.random);
    const std::chrono::seconds life(services.oauth.access_token_seconds);
    RECAST_CHECK(grants_of(call).give_token(approval, token, life));
    std::string scopes;
    for (const auto& scope : request.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    return request.back.send({{"access_token", token},
                              {"token_type", "Bearer"},
                              {"expires_in", std::to_string(life.count())},
                              {"scope", scopes}});
  }
  const auto code = account::new_authorization_code(services.random);
  const store::Grants::CodeTerms terms{.redirect_uri = request.back.uri,
                                       .redirect_asked = request.redirect_asked,
                                       .challenge = request.challenge,
                                       .life = std::chrono::seconds(services.oauth.code_seconds)};
  RECAST_CHECK(grants_of(call).give_code(approval, terms, code));
  return request.back.send({{"code", code}});
}

/// Whether the user has agreed to all of it before, and it is certain that the same client asks now. It is not where
/// anybody's program can take the answer and no secret is wanted for it (RFC 8252 8.6).
Result<bool> is_agreed(Call& call, const AuthorizationRequest& request, const Session& session) {
  if (request.prompt == "consent") return false;
  const bool with_secret = request.client.client.confidential && !request.implicit;
  if (!with_secret && !account::belongs_to_a_host(request.back.uri)) return false;
  RECAST_TRY(const auto grant, grants_of(call).find(session.user.id, request.client.client.id));
  if (!grant) return false;
  if (request.sandbox) return account::covers(grant->scopes, request.scopes);
  return grant->live_scopes && account::covers(*grant->live_scopes, request.scopes);
}

/// The request and who is logged in; or the answer that comes before both are known.
using Asked = std::expected<std::pair<AuthorizationRequest, Session>, http::Response>;

Result<Asked> asked_by(Call& call) {
  auto request = find_client_of(call);
  if (!request) return Asked(std::unexpect, oauth_error_response(request.error()));
  if (const auto read = read_rest(call, *request); !read) return Asked(std::unexpect, request->back.send(read.error()));
  RECAST_TRY(auto session, session_of(call));
  if (session) return Asked(std::in_place, *std::move(request), *std::move(session));
  if (request->prompt != "none") return Asked(std::unexpect, log_in_first(call));
  return Asked(std::unexpect,
               request->back.send(OauthError{.code = "login_required", .description = "Nobody is logged in."}));
}

/// GET: asks the user, unless there is nothing to ask.
Result<http::Response> show(Call& call) {
  RECAST_TRY(auto asked, asked_by(call));
  if (!asked) return std::move(asked).error();
  const auto& [request, session] = *asked;
  RECAST_TRY(const bool agreed, is_agreed(call, request, session));
  if (agreed) return approve(call, request, session);
  if (request.prompt == "none") {
    return request.back.send(
        OauthError{.code = "consent_required", .description = "The user has not agreed to this yet."});
  }
  return consent_page(request, session.user, call.request.raw_query, csrf_field(session));
}

/// POST: what the user decided.
Result<http::Response> decide(Call& call) {
  RECAST_TRY(auto asked, asked_by(call));
  if (!asked) return std::move(asked).error();
  const auto& [request, session] = *asked;
  RECAST_CHECK(check_csrf(call, session));
  const auto decision = http::Query::parse(call.request.body).get("decision").value_or("");
  if (decision == "approve") return approve(call, request, session);
  if (decision == "deny") {
    return request.back.send(OauthError{.code = "access_denied", .description = "The user does not allow it."});
  }
  return fail(ErrorCode::invalid_data, "The decision must be approve or deny.", "decision");
}

}  // namespace

void add_authorize_routes(Routes& routes) {
  routes.get("/oauth/authorize", Routes::kPublic, for_people(&show));
  routes.post("/oauth/authorize", Routes::kPublic, for_people(&decide));
}

}  // namespace recast::api
