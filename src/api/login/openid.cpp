#include "api/login/openid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "account/openid.hpp"
#include "api/login/settings.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::api {

namespace json = boost::json;
using account::claim;

namespace {

constexpr std::chrono::seconds kPatience{8};
constexpr std::chrono::hours kRemembered{1};
constexpr std::chrono::minutes kKeysAtMost{1};  ///< that often they are asked for, whatever tokens name

std::unexpected<Error> no_provider(std::string_view what, std::string_view why) {
  log::warning("the OpenID provider cannot be used", {{"what", what}, {"why", why}});
  return fail(ErrorCode::unavailable, "The log-in service does not answer as it should. Try again later.");
}

std::string form_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields)
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, percent_encode(value));
  return text;
}

/// Endpoints are used as the provider gives them; one that is no web address would be an open door to others.
bool is_web_address(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

}  // namespace

OpenIdProvider::OpenIdProvider(const LoginSettings& settings, net::Client& net, const Clock& clock)
    : settings_(settings), net_(net), clock_(clock) {}

bool OpenIdProvider::is_set() const { return !settings_.oidc_issuer.empty(); }

Result<json::object> OpenIdProvider::ask(net::Exchange request, std::string_view what) {
  request.headers.emplace_back("Accept", "application/json");
  const auto own = net_.on_behalf_of({"login", {}});
  const auto answer = (own ? *own : net_).exchange(request, Deadline::in(kPatience), {});
  if (!answer) return no_provider(what, answer.error().message);
  boost::system::error_code error;
  auto body = json::parse(answer->body, error);
  const bool is_object = !error && body.is_object();
  if (answer->status == 200 && is_object) return std::move(body.get_object());
  // RFC 6749 5.2: the code was used or is too old, or we are not who we should be.
  const auto why = is_object ? claim(body.get_object(), "error") : std::string();
  if (why == "invalid_grant") return fail(ErrorCode::forbidden, "This log-in is over. Begin again.");
  return no_provider(what, fmt::format("HTTP {} {}", answer->status, why));
}

Result<json::array> OpenIdProvider::read_keys(const std::string& url) {
  RECAST_TRY(auto answer, ask({.url = url}, "keys"));
  auto* const keys = answer.if_contains("keys");
  if (keys == nullptr || !keys->is_array()) return no_provider("keys", "there are none");
  return std::move(keys->get_array());
}

Result<OpenIdProvider::Metadata> OpenIdProvider::discover() {
  std::string_view issuer = settings_.oidc_issuer;
  while (issuer.ends_with('/')) issuer.remove_suffix(1);
  RECAST_TRY(const auto answer, ask({.url = fmt::format("{}/.well-known/openid-configuration", issuer)}, "discovery"));
  // OpenID Connect Discovery 4.3: exactly as it was set, so that no provider speaks for another.
  if (claim(answer, "issuer") != settings_.oidc_issuer)
    return no_provider("discovery", "its issuer is " + claim(answer, "issuer"));
  Metadata found{.authorization_endpoint = claim(answer, "authorization_endpoint"),
                 .token_endpoint = claim(answer, "token_endpoint"),
                 .userinfo_endpoint = claim(answer, "userinfo_endpoint"),
                 .jwks_uri = claim(answer, "jwks_uri"),
                 .keys = {}};
  for (const auto& url : {found.authorization_endpoint, found.token_endpoint, found.jwks_uri}) {
    if (!is_web_address(url)) return no_provider("discovery", "an endpoint is missing");
  }
  constexpr std::string_view methods = "token_endpoint_auth_methods_supported";
  found.basic = !answer.contains(methods) || account::claim_holds(answer, methods, "client_secret_basic");
  RECAST_TRY(found.keys, read_keys(found.jwks_uri));
  found.read = found.keys_read = clock_.steady();
  return found;
}

Result<std::shared_ptr<const OpenIdProvider::Metadata>> OpenIdProvider::metadata() {
  auto known = metadata_.with([](const auto& one) { return one; });
  if (known && clock_.steady() - known->read < kRemembered) return known;
  RECAST_TRY(auto found, discover());
  known = std::make_shared<const Metadata>(std::move(found));
  metadata_.with([&](auto& one) { one = known; });
  return known;
}

Result<std::shared_ptr<const OpenIdProvider::Metadata>> OpenIdProvider::with_new_keys(
    const std::shared_ptr<const Metadata>& known) {
  if (clock_.steady() - known->keys_read < kKeysAtMost) return known;
  auto anew = *known;
  RECAST_TRY(anew.keys, read_keys(anew.jwks_uri));
  anew.keys_read = clock_.steady();
  auto kept = std::make_shared<const Metadata>(std::move(anew));
  metadata_.with([&](auto& one) { one = kept; });
  return kept;
}

Result<std::string> OpenIdProvider::authorization_url(const Begin& begin) {
  RECAST_TRY(const auto known, metadata());
  const auto& base = known->authorization_endpoint;
  return base + (base.find('?') == std::string::npos ? "?" : "&") +
         form_of({{"response_type", "code"},
                  {"client_id", settings_.oidc_client_id},
                  {"redirect_uri", begin.redirect_uri},
                  {"scope", settings_.oidc_scopes},
                  {"state", begin.state},
                  {"nonce", begin.nonce},
                  {"code_challenge", account::pkce_challenge(begin.verifier)},
                  {"code_challenge_method", "S256"}});
}

Result<json::object> OpenIdProvider::redeem(const Metadata& metadata, const Code& code) {
  net::Exchange request{.method = "POST", .url = metadata.token_endpoint};
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "authorization_code"},
                                                          {"code", code.code},
                                                          {"redirect_uri", code.redirect_uri},
                                                          {"code_verifier", code.verifier}};
  const auto& secret = settings_.oidc_client_secret;
  if (!secret.empty() && metadata.basic) {  // RFC 6749 2.3.1
    request.headers.emplace_back("Authorization", "Basic " + to_base64(percent_encode(settings_.oidc_client_id) + ":" +
                                                                       percent_encode(secret)));
  } else {
    fields.emplace_back("client_id", settings_.oidc_client_id);
    if (!secret.empty()) fields.emplace_back("client_secret", secret);
  }
  request.body = form_of(fields);
  return ask(std::move(request), "token");
}

Result<json::object> OpenIdProvider::id_claims(const std::string& token, const std::string& nonce) {
  RECAST_TRY(auto known, metadata());
  const account::TokenExpectation expected{settings_.oidc_issuer, settings_.oidc_client_id, nonce, clock_.now()};
  auto claims = account::check_id_token(token, known->keys, expected);
  if (!claims && claims.error().code == ErrorCode::not_found) {
    RECAST_TRY(known, with_new_keys(known));
    claims = account::check_id_token(token, known->keys, expected);
  }
  if (claims) return claims;
  log::warning("an ID token was refused", {{"why", claims.error().message}});
  return fail(ErrorCode::forbidden, claims.error().message);
}

Result<> OpenIdProvider::add_userinfo(const Metadata& metadata, const std::string& access_token,
                                      json::object& claims) {
  if (!is_web_address(metadata.userinfo_endpoint) || access_token.empty()) return {};
  net::Exchange request{.url = metadata.userinfo_endpoint};
  request.headers.emplace_back("Authorization", "Bearer " + access_token);
  RECAST_TRY(auto more, ask(std::move(request), "userinfo"));
  // OpenID Connect Core 5.3.2: else it may be another's.
  if (claim(more, "sub") != claim(claims, "sub")) return fail(ErrorCode::forbidden, "The provider mixes up its users.");
  for (auto& [name, value] : more) {
    if (!claims.contains(name)) claims[name] = std::move(value);
  }
  return {};
}

Result<json::object> OpenIdProvider::claims(const Code& code) {
  RECAST_TRY(const auto known, metadata());
  RECAST_TRY(const auto tokens, redeem(*known, code));
  RECAST_TRY(auto claims, id_claims(claim(tokens, "id_token"), code.nonce));
  const bool says_all = claims.contains("email") && claims.contains("preferred_username") &&
                        (settings_.oidc_admin_claim.empty() || claims.contains(settings_.oidc_admin_claim));
  if (!says_all) RECAST_CHECK(add_userinfo(*known, claim(tokens, "access_token"), claims));
  return claims;
}

}  // namespace recast::api
