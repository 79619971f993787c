#include "api/oauth/error.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <utility>

#include "api/envelope.hpp"

namespace recast::api {

namespace {

std::string_view hint_of(std::string_view code) {
  constexpr std::pair<std::string_view, std::string_view> hints[] = {
      {"invalid_request", "Check the names and values of the parameters."},
      {"invalid_client", "Check client_id, client_secret and redirect_uri against the registered client."},
      {"invalid_grant", "Send the user to the authorization endpoint again."},
      {"invalid_scope", "Ask for scopes of the API that were granted, separated by blanks."},
      {"unauthorized_client", "Register the client for this grant type."},
      {"unsupported_grant_type", "Use authorization_code or refresh_token."},
      {"unsupported_response_type", "Use code or token."},
      {"slow_down", "Wait a minute."},
  };
  const auto* const found = std::ranges::find(hints, code, &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(hints) ? "Try again later." : found->second;
}

}  // namespace

std::unexpected<OauthError> oauth_fail(std::string code, std::string description) {
  return std::unexpected(OauthError{.code = std::move(code), .description = std::move(description)});
}

OauthError oauth_error_of(const Error& error) {
  if (error.code == ErrorCode::invalid_data)
    return {.code = error.field == "scope" ? "invalid_scope" : "invalid_grant", .description = error.message};
  const auto wire = wire_of(error.code);
  if (wire.status < 500) return {.code = "invalid_request", .description = error.message, .status = wire.status};
  return {.code = wire.status == 503 ? "temporarily_unavailable" : "server_error",
          .description = error.message,
          .status = wire.status};
}

std::string plain_description(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; }, '?');
  return text;
}

http::Response oauth_response(unsigned status, const boost::json::value& body) {
  auto response = http::Response::json(status, body);
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Pragma", "no-cache");
  return response;
}

http::Response oauth_error_response(const OauthError& error) {
  const auto description = plain_description(error.description);
  boost::json::object body;
  body["error"] = error.code;
  body["error_description"] = description;
  body["hint"] = error.hint.empty() ? hint_of(error.code) : std::string_view(error.hint);
  body["message"] = description;
  auto response = oauth_response(error.status, body);
  if (error.challenge) response.headers.set("WWW-Authenticate", "Basic realm=\"recast\", charset=\"UTF-8\"");
  if (error.status == 429) response.headers.set("Retry-After", "60");
  if (error.status == 503) response.headers.set("Retry-After", "10");
  return response;
}

}  // namespace recast::api
