// /account: the page on which people look after their own account.
#include <fmt/format.h>

#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/login/changes.hpp"
#include "api/login/form.hpp"
#include "api/login/pages.hpp"
#include "api/login/routes.hpp"
#include "api/login/session.hpp"
#include "api/page.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

std::string section(std::string_view title, std::string_view inside) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escape_html(title), inside);
}

std::string password_section(const Call& call, const store::LoginUser& user, const FieldErrors& errors) {
  std::string inside = hidden("username", user.user.username);  // so that password managers know whose it is
  if (!user.password.empty())
    inside += input({.name = "current_password",
                     .label = "Present password",
                     .type = "password",
                     .autocomplete = "current-password"},
                    errors);
  inside +=
      input({.name = "password", .label = "New password", .type = "password", .autocomplete = "new-password"}, errors);
  return section("Password", form("/account/password", call.session->csrf,
                                  inside + button("Change the password; other log-ins end"), errors));
}

Result<std::string> factor_section(const Call& call, const store::LoginUser& user, const FieldErrors& errors) {
  const auto& csrf = call.session->csrf;
  std::string password;
  if (!user.password.empty())
    password =
        input({.name = "factor_password", .label = "Password", .type = "password", .autocomplete = "current-password"},
              errors);
  if (!user.has_factor) {
    const auto what = paragraph("An app on your phone shows codes that are asked for beside the password.");
    return section("Second factor", form("/account/factor", csrf, what + password + button("Set up"), errors));
  }
  RECAST_TRY(const auto left, call.context.services.store.logins().recovery_codes_left(user.user.id));
  const auto what = paragraph(fmt::format("It is on; {} recovery codes are left.", left));
  return section("Second factor", form("/account/factor/remove", csrf, what + password + button("Remove"), errors));
}

Result<std::string> sessions_section(const Call& call) {
  RECAST_TRY(const auto sessions, call.context.services.store.logins().sessions(call.principal.user.id));
  std::string rows;
  for (const auto& one : sessions) {
    const bool is_this = one.hash == call.session->id_hash;
    const auto end = is_this ? std::string("this one")
                             : form("/account/sessions/end", call.session->csrf,
                                    hidden("id", std::to_string(one.id)) + "<button type=\"submit\">End</button>");
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", format_time(one.created),
                        escape_html(one.address), escape_html(one.user_agent), end);
  }
  return section(
      "Log-ins",
      fmt::format(
          "<table>\n<thead><tr><th>Since</th><th>Address</th><th>Browser</th><th></th></tr></thead>\n"
          "<tbody>\n{}</tbody>\n</table>\n{}",
          rows, form("/account/sessions/end", call.session->csrf, hidden("id", "others") + button("End all others"))));
}

Result<http::Response> account_page(Call& call, const FieldErrors& errors, bool of_password = true) {
  RECAST_TRY(const auto user, call.context.services.store.logins().find(call.principal.user.id));
  const FieldErrors none;
  RECAST_TRY(const auto factor, factor_section(call, user, of_password ? none : errors));
  RECAST_TRY(const auto sessions, sessions_section(call));
  const auto who = fmt::format("You are {} ({}){}.", user.user.username, user.user.email,
                               user.user.administrator ? ", an administrator" : "");
  return form_page("Your account",
                   paragraph(who) + form("/logout", call.session->csrf, button("Log out")) +
                       password_section(call, user, of_password ? errors : none) + factor + sessions +
                       fmt::format("<p>{}</p>\n", link("/account/applications", "Applications that act for you")),
                   errors);
}

Result<http::Response> show(Call& call) { return account_page(call, {}); }

Result<http::Response> post_password(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  const auto changed = change_password(call, form.get("current_password"), form.get("password"));
  if (!changed && changed.error().code == ErrorCode::invalid_data)
    return account_page(call, errors_of(changed.error()));
  RECAST_CHECK(changed);
  return go_to("/account");
}

http::Response offered_page(const Call& call, const OfferedFactor& offered, const FieldErrors& errors) {
  const auto typed = fmt::format("<p>{} or type this into it: <code>{}</code></p>\n",
                                 link(offered.uri, "Open your app on this device"), offered.secret);
  return form_page(
      "Set up the second factor",
      typed + form("/account/factor/confirm", call.session->csrf,
                   input({.name = "code", .label = "The code that the app shows now", .autocomplete = "one-time-code"},
                         errors) +
                       button("Switch it on"),
                   errors),
      errors);
}

/// The account's page again, with what was wrong beside the password of the second factor.
Result<http::Response> wrong_factor_password(Call& call, const Error& error) {
  if (error.code != ErrorCode::invalid_data) return std::unexpected(error);
  return account_page(call, {{"factor_password", error.message}}, false);
}

Result<http::Response> post_factor(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  const auto offered = offer_factor(call, form.get("factor_password"));
  if (!offered) return wrong_factor_password(call, offered.error());
  return offered_page(call, *offered, {});
}

Result<http::Response> post_factor_code(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  const auto codes = confirm_factor(call, form.get("code"));
  if (!codes && codes.error().code == ErrorCode::invalid_data) {
    RECAST_TRY(const auto offered, offered_factor(call));
    return offered_page(call, offered, errors_of(codes.error()));
  }
  if (!codes) return std::unexpected(codes.error());
  std::string list;
  for (const auto& code : *codes) list += fmt::format("<li><code>{}</code></li>\n", code);
  return page(200, "Your recovery codes",
              paragraph("The second factor is on. Each of these codes stands once for one from the app. They are shown "
                        "only now: keep them where you will find them without your phone.") +
                  fmt::format("<ul>\n{}</ul>\n<p>{}</p>\n", list, link("/account", "Go on")));
}

Result<http::Response> post_factor_removal(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  const auto removed = remove_factor(call, form.get("factor_password"));
  if (!removed) return wrong_factor_password(call, removed.error());
  return go_to("/account");
}

Result<http::Response> post_session_end(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  auto& logins = call.context.services.store.logins();
  const auto id = form.get("id");
  if (id == "others") {
    RECAST_CHECK(logins.end_sessions(call.principal.user.id, call.session->id_hash));
  } else {
    RECAST_TRY(const auto number, number_of(id));
    RECAST_CHECK(logins.end_session(call.principal.user.id, number));
  }
  return go_to("/account");
}

}  // namespace

void add_account_page_routes(Routes& routes) {
  const auto post = [&](const char* path, Routes::Function take) {
    routes.post(path, Routes::kSession, for_people(std::move(take)));
  };
  routes.get("/account", Routes::kSession, for_people(&show));
  post("/account/password", &post_password);
  post("/account/factor", &post_factor);
  post("/account/factor/confirm", &post_factor_code);
  post("/account/factor/remove", &post_factor_removal);
  post("/account/sessions/end", &post_session_end);
}

}  // namespace recast::api
