// /account: the page on which people look after their own account.
#include <fmt/format.h>

#include "account/notice_text.hpp"
#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/login/account_sections.hpp"
#include "api/login/changes.hpp"
#include "api/login/form.hpp"
#include "api/login/pages.hpp"
#include "api/login/routes.hpp"
#include "api/login/session.hpp"
#include "api/page.hpp"
#include "store/logins.hpp"
#include "store/notices.hpp"

namespace recast::api {

namespace {

enum class Section { password, factor, identities, notices };

/// `errors` belong to the form of one section.
Result<http::Response> account_page(Call& call, const FieldErrors& errors, Section wrong = Section::password) {
  auto& store = call.context.services.store;
  RECAST_TRY(const auto user, store.logins().find(call.principal.user.id));
  RECAST_TRY(const auto identities, store.logins().identities(user.user.id));
  RECAST_TRY(const auto choice, store.notices().choice(user.user.id));
  const auto of = [&](Section section) { return section == wrong ? errors : FieldErrors(); };
  RECAST_TRY(const auto factor, factor_section(call, user, of(Section::factor)));
  RECAST_TRY(const auto sessions, sessions_section(call));
  const auto who = fmt::format("You are {} ({}){}.", user.user.username, user.user.email,
                               user.user.administrator ? ", an administrator" : "");
  return form_page("Your account",
                   paragraph(who) + form("/logout", call.session->csrf, button("Log out")) +
                       password_section(call, user, of(Section::password)) + factor +
                       identities_section(call, user, identities, of(Section::identities)) + sessions +
                       notices_section(call, choice, of(Section::notices)) +
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

/// The account's page again, with what was wrong beside the section's password.
Result<http::Response> wrong_password(Call& call, const Error& error, std::string field, Section section) {
  if (error.code != ErrorCode::invalid_data) return std::unexpected(error);
  return account_page(call, {{std::move(field), error.message}}, section);
}

Result<http::Response> post_factor(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  const auto offered = offer_factor(call, form.get("factor_password"));
  if (!offered) return wrong_password(call, offered.error(), "factor_password", Section::factor);
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
  if (!removed) return wrong_password(call, removed.error(), "factor_password", Section::factor);
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

Result<http::Response> post_unlinking(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  RECAST_TRY(const auto id, number_of(form.get("identity")));
  const auto unlinked = unlink_identity(call, id, form.get("identity_password"));
  if (!unlinked) return wrong_password(call, unlinked.error(), "identity_password", Section::identities);
  return go_to("/account");
}

Result<http::Response> post_notices(Call& call) {
  RECAST_TRY(const auto form, Form::of(call.request));
  account::NoticeChoiceChange change{.language = form.get("language"), .mail = {}};
  if (const auto good = account::check_notice_language(*change.language); !good)
    return account_page(call, errors_of(good.error()), Section::notices);
  for (const auto kind : account::notice_kinds()) change.mail.emplace_back(kind, !form.get(notice_field(kind)).empty());
  RECAST_CHECK(call.context.services.store.notices().choose(call.principal.user.id, change));
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
  post("/account/identities/unlink", &post_unlinking);
  post("/account/notices", &post_notices);
}

}  // namespace recast::api
