#include "api/login/session.hpp"

#include <fmt/format.h>

#include "account/signing.hpp"
#include "api/login/form.hpp"
#include "api/page.hpp"
#include "base/text.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

/// "https://host:port" of a URL.
std::string_view origin_of(std::string_view url) {
  const auto host = url.find("://");
  return host == std::string_view::npos ? url : url.substr(0, url.find('/', host + 3));
}

bool is_own_origin(const Call& call, std::string_view origin) {
  if (equal_ignoring_case(origin, origin_of(call.bases.api))) return true;
  const auto asked = fmt::format("{}://{}", call.request.secure ? "https" : "http", call.request.headers.get("Host"));
  return equal_ignoring_case(origin, asked);
}

}  // namespace

Result<std::optional<Session>> session_of(const Call& call) {
  const auto token = cookie(call.request, kSessionCookie);
  if (!token) return std::nullopt;
  auto hash = account::token_hash(*token);
  RECAST_TRY(auto visitor, call.context.services.store.logins().session(hash));
  if (!visitor || visitor->session.pending) return std::nullopt;
  // From the cookie, so that nothing more has to be kept of it.
  return std::optional(Session{.user = std::move(visitor->user),
                               .csrf = account::signature_of(*token, "csrf"),
                               .since = visitor->session.created,
                               .id_hash = std::move(hash)});
}

Result<> check_origin(const Call& call) {
  const auto& headers = call.request.headers;
  const auto denied = [] { return fail(ErrorCode::forbidden, "The request comes from another site's page."); };
  // Browsers send it over TLS and to the loopback, and no page can change it (W3C Fetch Metadata).
  if (headers.has("Sec-Fetch-Site")) {
    const auto site = headers.get("Sec-Fetch-Site");
    if (site != "same-origin" && site != "none") return denied();
  } else if (headers.has("Origin") && !is_own_origin(call, headers.get("Origin"))) {
    return denied();
  }
  return {};
}

Result<> check_csrf(const Call& call, const Session& session) {
  RECAST_CHECK(check_origin(call));
  std::string token(call.request.headers.get("X-CSRF-Token"));
  if (token.empty() && is_form(call.request)) {
    RECAST_TRY(const auto form, Form::of(call.request));
    token = form.get("csrf");
  }
  if (account::same_signature(token, session.csrf)) return {};
  return fail(ErrorCode::forbidden, "The request does not carry the token of this log-in. Load the page again.");
}

std::string csrf_field(std::string_view token) {
  return fmt::format("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", escape_html(token));
}
std::string csrf_field(const Session& session) { return csrf_field(session.csrf); }

http::Response log_in_first(const Call& call) {
  // Something that was sent cannot be sent again after the log-in.
  const auto next = own_path(call.request.method == "GET" ? std::string_view(call.request.target) : "");
  auto response = http::Response::redirect(303, "/login?next=" + percent_encode(next));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

account::Principal principal_of(const Session& session) {
  account::Principal principal{.user = session.user, .key = {}, .scopes = account::all_scopes(), .terms = {}};
  if (session.user.administrator) principal.scopes.emplace_back(account::scope::admin);
  return principal;
}

}  // namespace recast::api
