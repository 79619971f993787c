// /login/openid: the way in through the operator's OpenID Connect provider.
#include <fmt/format.h>

#include <algorithm>

#include "account/openid.hpp"
#include "account/signing.hpp"
#include "api/context.hpp"
#include "api/login/desk.hpp"
#include "api/login/form.hpp"
#include "api/login/openid.hpp"
#include "api/login/pages.hpp"
#include "api/login/routes.hpp"
#include "api/login/settings.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kCookie = "recast_openid";
constexpr std::size_t kTokenLength = 43;  // of 62 characters: 256 bits
constexpr long kLife = 600;               // seconds to log in at the provider

/// What ties an answer of the provider to this browser: all follows from one secret in a cookie, so that nothing has to
/// be kept here of log-ins that were begun.
struct Journey {
  std::string secret;
  std::string next;

  std::string of(std::string_view what) const { return account::signature_of(secret, what); }
  std::string text() const { return secret + "." + percent_encode(next); }
  static std::optional<Journey> from(const Call& call) {
    const auto text = cookie(call.request, kCookie);
    if (!text || text->size() <= kTokenLength || (*text)[kTokenLength] != '.') return std::nullopt;
    return Journey{text->substr(0, kTokenLength), own_path(percent_decode(text->substr(kTokenLength + 1)))};
  }
};

std::string redirect_uri(const Call& call) { return call.bases.api + "/login/openid/callback"; }

OpenIdProvider& provider_of(const Call& call) { return call.context.login->provider(); }

Result<> is_set(const Call& call) {
  return provider_of(call).is_set() ? Result<>() : fail(ErrorCode::not_found, "Not found.");
}

Result<http::Response> begin(Call& call) {
  RECAST_CHECK(is_set(call));
  const Journey journey{call.context.services.random.token(kTokenLength),
                        own_path(call.request.query.get("next").value_or(""))};
  RECAST_TRY(const auto url, provider_of(call).authorization_url({.redirect_uri = redirect_uri(call),
                                                                  .state = journey.of("state"),
                                                                  .nonce = journey.of("nonce"),
                                                                  .verifier = journey.of("verifier")}));
  auto response = go_to(url);
  set_cookie(response, call.request, kCookie, journey.text(), kLife);
  return response;
}

Result<> check_domain(const LoginSettings& settings, const std::string& email) {
  const auto& allowed = settings.oidc_allowed_domains;
  if (allowed.empty()) return {};
  const auto domain = lower(std::string_view(email).substr(std::min(email.rfind('@') + 1, email.size())));
  const bool fits =
      !email.empty() && std::ranges::any_of(allowed, [&](const auto& one) { return lower(one) == domain; });
  return fits ? Result<>() : fail(ErrorCode::forbidden, "Your mail address may not log in here.");
}

/// The provider's word on who administers the server, if it has one.
Result<account::User> with_role(const Call& call, account::User user, const account::json::object& claims) {
  const auto& settings = call.context.login->settings();
  if (settings.oidc_admin_claim.empty()) return user;
  const bool is_admin = account::claim_holds(claims, settings.oidc_admin_claim, settings.oidc_admin_value);
  if (is_admin == user.administrator) return user;
  auto changed =
      call.context.services.store.change_user(user.id, {.email = {}, .administrator = is_admin, .enabled = {}});
  if (changed || changed.error().code != ErrorCode::conflict) return changed;
  log::warning("the provider takes the role from the last administrator, who keeps it", {{"user", user.username}});
  return user;
}

account::Identity identity_of(const Call& call, const account::json::object& claims) {
  return {call.context.login->settings().oidc_issuer, account::claim(claims, "sub")};
}

Result<account::User> user_of(const Call& call, const account::json::object& claims) {
  auto& logins = call.context.services.store.logins();
  const auto& settings = call.context.login->settings();
  RECAST_CHECK(check_domain(settings, account::verified_email(claims)));
  const auto identity = identity_of(call, claims);
  RECAST_TRY(auto known, logins.user_of(identity));
  if (!known && !settings.oidc_create_users) {
    return fail(ErrorCode::forbidden,
                fmt::format("There is no account here for you. An administrator can link one to your identity {}.",
                            identity.subject));
  }
  if (!known) {
    RECAST_TRY(known, logins.register_identity(account::account_from(claims), identity));
  }
  return with_role(call, *std::move(known), claims);
}

Result<http::Response> finish(Call& call) {
  RECAST_CHECK(is_set(call));
  const auto& query = call.request.query;
  const auto journey = Journey::from(call);
  if (!journey || !account::same_signature(query.get("state").value_or(""), journey->of("state")))
    return fail(ErrorCode::forbidden, "This log-in was not begun in this browser, or took too long. Begin again.");
  // RFC 9207: an answer of another provider that this browser was sent to.
  const auto& settings = call.context.login->settings();
  if (query.get("iss").value_or(settings.oidc_issuer) != settings.oidc_issuer)
    return fail(ErrorCode::forbidden, "The answer is of another log-in service.");
  if (const auto error = query.get("error"))
    return fail(ErrorCode::forbidden, fmt::format("The log-in service refused: {}.", *error));
  // Each costs the provider and us a few requests.
  RECAST_TRY(const auto wait, call.context.login->slow_down(call));
  if (wait.count() > 0) return wait_page(wait);
  RECAST_TRY(const auto claims, provider_of(call).claims({.code = query.get("code").value_or(""),
                                                          .redirect_uri = redirect_uri(call),
                                                          .nonce = journey->of("nonce"),
                                                          .verifier = journey->of("verifier")}));
  RECAST_TRY(const auto user, user_of(call, claims));
  RECAST_CHECK(call.context.login->was_no_failure(call));
  RECAST_TRY(const auto known, call.context.services.store.logins().find(user.id));
  RECAST_TRY(auto response,
             call.context.login->let_in(call, known, "openid", journey->next, identity_of(call, claims)));
  set_cookie(response, call.request, kCookie, "", 0);
  return response;
}

}  // namespace

void add_openid_routes(Routes& routes) {
  routes.get("/login/openid", Routes::kPublic, for_people(&begin));
  routes.get("/login/openid/callback", Routes::kPublic, for_people(&finish));
}

}  // namespace recast::api
