// /login, /login/code, /logout, /register, /invitation.
#include <fmt/format.h>

#include "account/login.hpp"
#include "account/totp.hpp"
#include "api/context.hpp"
#include "api/login/desk.hpp"
#include "api/login/form.hpp"
#include "api/login/pages.hpp"
#include "api/login/routes.hpp"
#include "api/login/session.hpp"
#include "api/login/settings.hpp"
#include "api/page.hpp"
#include "base/text.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

using Outcome = LoginDesk::Verdict::Outcome;

std::string next_of(const Call& call) { return own_path(call.request.query.get("next").value_or("")); }

/// Browsers hold redirects behind a form against form-action too; those of an authorization go on to the program's
/// own address.
void let_forms_lead_on(http::Response& response, std::string_view next) {
  if (!next.starts_with("/oauth/") && !next.starts_with("/sandbox/oauth/")) return;
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
}

http::Response login_page(const Call& call, std::string_view next, std::string_view username,
                          const FieldErrors& errors) {
  const FormToken token(call);
  const auto& settings = call.context.login->settings();
  std::string body =
      form("/login", token.field(),
           hidden("next", next) +
               input({.name = "username", .label = "Username", .autocomplete = "username", .value = username}, errors) +
               input({.name = "password", .label = "Password", .type = "password", .autocomplete = "current-password"},
                     errors) +
               button("Log in"),
           errors);
  if (!settings.oidc_issuer.empty()) {
    body += fmt::format("<p>{}</p>\n", link("/login/openid?next=" + percent_encode(next), settings.oidc_label));
  }
  if (settings.registration == "open") body += fmt::format("<p>{}</p>\n", link("/register", "Make an account"));
  auto response = form_page("Log in", body, errors);
  let_forms_lead_on(response, next);
  token.keep(response);
  return response;
}

Result<http::Response> show_login(Call& call) {
  const auto next = next_of(call);
  RECAST_TRY(const auto session, session_of(call));
  if (session) return go_to(next);
  return login_page(call, next, "", {});
}

Result<http::Response> log_in(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_CHECK(FormToken::check(call, form.get("csrf")));
  const auto username = form.trimmed("username");
  const auto next = own_path(form.get("next"));
  RECAST_TRY(const auto verdict, call.context.login->check_password(call, username, form.get("password")));
  if (verdict.outcome == Outcome::wait) return wait_page(verdict.wait);
  if (verdict.outcome == Outcome::wrong)
    return login_page(call, next, username, {{"password", "The username or the password is wrong."}});
  RECAST_TRY(auto response, call.context.login->let_in(call, verdict.user, "password", next));
  return response;
}

http::Response code_page(const Call& call, std::string_view next, const FieldErrors& errors) {
  const FormToken token(call);
  auto response = form_page(
      "Second step",
      paragraph("Enter the code that your app shows now, or one of your recovery codes.") +
          form("/login/code", token.field(),
               hidden("next", next) +
                   input({.name = "code", .label = "Code", .autocomplete = "one-time-code"}, errors) + button("Go on"),
               errors),
      errors);
  let_forms_lead_on(response, next);
  token.keep(response);
  return response;
}

Result<http::Response> show_code(Call& call) {
  RECAST_TRY(const auto pending, pending_session(call));
  if (!pending) return go_to("/login");
  return code_page(call, next_of(call), {});
}

Result<http::Response> check_code(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_CHECK(FormToken::check(call, form.get("csrf")));
  RECAST_TRY(const auto pending, pending_session(call));
  if (!pending) return go_to("/login");
  const auto next = own_path(form.get("next"));
  RECAST_TRY(const auto user, call.context.services.store.logins().find(pending->user.id));
  RECAST_TRY(const auto verdict, call.context.login->check_code(call, user, form.get("code")));
  if (verdict.outcome == Outcome::wait) return wait_page(verdict.wait);
  if (verdict.outcome == Outcome::wrong)
    return code_page(call, next, {{"code", "The code is wrong, or was used already."}});
  return call.context.login->let_in_at_last(call, user, pending->session.hash, next);
}

Result<http::Response> log_out(Call& call) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto visitor, logins.session(call.session->id_hash));
  if (visitor) RECAST_CHECK(logins.end_session(call.session->user.id, visitor->session.id));
  auto response = go_to("/login");
  set_cookie(response, call.request, kSessionCookie, "", 0);
  return response;
}

/// The fields with which somebody makes an account; `with_email` if none is known.
http::Response joining_page(const Call& call, std::string_view action, std::string_view introduction, bool with_email,
                            const Form& filled, const FieldErrors& errors) {
  const FormToken token(call);
  const auto username = filled.get("username"), email = filled.get("email");
  auto inside = input({.name = "username", .label = "Username", .autocomplete = "username", .value = username}, errors);
  if (with_email)
    inside += input(
        {.name = "email", .label = "Mail address", .type = "email", .autocomplete = "email", .value = email}, errors);
  inside +=
      input({.name = "password", .label = "Password", .type = "password", .autocomplete = "new-password"}, errors);
  auto response = form_page(
      "Make an account",
      paragraph(introduction) + form(action, token.field(), inside + button("Make the account"), errors), errors);
  token.keep(response);
  return response;
}

Result<> may_register(const Call& call, std::string_view wanted) {
  const auto& allowed = call.context.login->settings().registration;
  if (allowed == "open" || allowed == wanted) return {};
  return fail(ErrorCode::not_found, "Accounts are made by the administrators of this server.");
}

Result<http::Response> show_registration(Call& call) {
  RECAST_CHECK(may_register(call, "open"));
  return joining_page(call, "/register", "All fields are needed.", true, {}, {});
}

Result<http::Response> register_user(Call& call) {
  RECAST_CHECK(may_register(call, "open"));
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_CHECK(FormToken::check(call, form.get("csrf")));
  RECAST_TRY(const auto wait, call.context.login->slow_down(call));
  if (wait.count() > 0) return wait_page(wait);
  const account::NewAccount wanted{.username = form.trimmed("username"), .email = form.trimmed("email")};
  const auto made = [&]() -> Result<account::User> {
    RECAST_CHECK(account::check_username(wanted.username));
    RECAST_CHECK(account::check_email(wanted.email));
    RECAST_TRY(const auto hash, call.context.login->hash_new_password(form.get("password"), wanted.username));
    return call.context.services.store.logins().register_user(wanted, hash);
  }();
  if (!made && made.error().code == ErrorCode::invalid_data)
    return joining_page(call, "/register", "All fields are needed.", true, form, errors_of(made.error()));
  if (!made) return std::unexpected(made.error());
  return call.context.login->let_in(call, {.user = *made, .password = {}}, "registration", "");
}

Result<account::Invitation> invitation_of(const Call& call) {
  RECAST_CHECK(may_register(call, "invitation"));
  auto found = call.context.services.store.logins().invitation(account::token_hash(call.request.captures.at(0)));
  if (!found && found.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, "This invitation was accepted or withdrawn, or its time is over.");
  return found;
}

std::string introduction_of(const account::Invitation& invitation) {
  return fmt::format("You are invited as {}. Choose a username and a password.", invitation.email);
}

Result<http::Response> show_invitation(Call& call) {
  RECAST_TRY(const auto invitation, invitation_of(call));
  return joining_page(call, call.request.path, introduction_of(invitation), false, {}, {});
}

Result<http::Response> accept_invitation(Call& call) {
  RECAST_TRY(const auto invitation, invitation_of(call));
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_CHECK(FormToken::check(call, form.get("csrf")));
  const auto username = form.trimmed("username");
  const auto made = [&]() -> Result<account::User> {
    RECAST_CHECK(account::check_username(username));
    RECAST_TRY(const auto hash, call.context.login->hash_new_password(form.get("password"), username));
    return call.context.services.store.logins().accept_invitation(account::token_hash(call.request.captures.at(0)),
                                                                  username, hash);
  }();
  if (!made && made.error().code == ErrorCode::invalid_data)
    return joining_page(call, call.request.path, introduction_of(invitation), false, form, errors_of(made.error()));
  if (!made) return std::unexpected(made.error());
  return call.context.login->let_in(call, {.user = *made, .password = {}}, "invitation", "");
}

}  // namespace

void add_login_routes(Routes& routes) {
  const auto get = [&](const char* path, Routes::Function show) {
    routes.get(path, Routes::kPublic, for_people(std::move(show)));
  };
  const auto post = [&](const char* path, Routes::Function take) {
    routes.post(path, Routes::kPublic, for_people(std::move(take)));
  };
  get("/login", &show_login);
  post("/login", &log_in);
  get("/login/code", &show_code);
  post("/login/code", &check_code);
  get("/register", &show_registration);
  post("/register", &register_user);
  get("/invitation/{token}", &show_invitation);
  post("/invitation/{token}", &accept_invitation);
  routes.post("/logout", Routes::kSession, for_people(&log_out));
  add_openid_routes(routes);
  add_account_page_routes(routes);
  add_account_routes(routes);
}

}  // namespace recast::api
