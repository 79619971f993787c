#include "api/oauth/authorization_request.hpp"

#include "api/oauth/form.hpp"

namespace recast::api {

http::Response ReturnAddress::send(account::Parameters parameters) const {
  if (!state.empty()) parameters.emplace_back("state", state);
  parameters.emplace_back("iss", issuer);
  auto response = http::Response::redirect(302, account::with_parameters(uri, place, parameters));
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Referrer-Policy", "no-referrer");
  return response;
}

http::Response ReturnAddress::send(const OauthError& error) const {
  return send({{"error", error.code}, {"error_description", plain_description(error.description)}});
}

OauthResult<AuthorizationRequest> find_client_of(Call& call) {
  const auto form = OauthForm::of_query(call.request.query);
  const auto refuse = [](std::string description) {
    return std::unexpected(OauthError{.code = "invalid_client", .description = std::move(description), .status = 401});
  };
  const auto id = form.get("client_id");
  if (!id) return refuse("The parameter client_id is missing.");
  if (form.repeated() == "client_id" || form.repeated() == "redirect_uri")
    return refuse("The parameter " + form.repeated() + " is there twice.");
  auto known = call.context.services.store.grants().known(*id);
  if (!known) return std::unexpected(oauth_error_of(known.error()));
  if (!*known) return refuse("There is no such client.");
  const auto asked = form.get("redirect_uri");
  auto uri = (*known)->client.redirect_for(asked);
  if (!uri) {
    return refuse(asked ? "The redirect_uri is not registered for this client."
                        : "The redirect_uri is missing, and the client has several.");
  }
  const bool implicit = form.get("response_type") == "token";
  return AuthorizationRequest{.client = **std::move(known),
                              .back = {.uri = *std::move(uri),
                                       .place = implicit ? account::Place::fragment : account::Place::query,
                                       .state = form.get("state").value_or(""),
                                       .issuer = call.bases.api},
                              .redirect_asked = asked.has_value(),
                              .sandbox = call.mode.sandbox,
                              .implicit = implicit,
                              .scopes = {},
                              .challenge = {},
                              .prompt = form.get("prompt").value_or("")};
}

OauthResult<void> read_rest(Call& call, AuthorizationRequest& request) {
  const auto form = OauthForm::of_query(call.request.query);
  if (!form.repeated().empty())
    return oauth_fail("invalid_request", "The parameter " + form.repeated() + " is there twice.");
  RECAST_TRY(const auto type, form.need("response_type"));
  if (type != "code" && type != "token")
    return oauth_fail("unsupported_response_type", "The response_type must be code or token.");
  const auto& client = request.client.client;
  if (!client.may(request.implicit ? account::flow::implicit : account::flow::code))
    return oauth_fail("unauthorized_client", "The client is not registered for this response_type.");
  auto scopes = account::read_oauth_scopes(form.get("scope").value_or(""));
  if (!scopes) return oauth_fail("invalid_scope", scopes.error().message);
  request.scopes = *std::move(scopes);
  auto challenge = account::read_challenge(form.get("code_challenge"), form.get("code_challenge_method"));
  if (!challenge) return oauth_fail("invalid_request", challenge.error().message);
  request.challenge = *std::move(challenge);
  const bool bare = request.challenge.method == account::Challenge::Method::none;
  if (bare && !request.implicit && !client.confidential)
    return oauth_fail("invalid_request", "A public client must send a code_challenge.");
  return {};
}

}  // namespace recast::api
