// The sections of /account, as HTML.
#include "api/login/account_sections.hpp"

#include <fmt/format.h>

#include "account/notice_text.hpp"
#include "api/login/session.hpp"
#include "api/page.hpp"
#include "store/logins.hpp"
#include "store/notices.hpp"

namespace recast::api {

namespace {

std::string section(std::string_view title, std::string_view inside) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escape_html(title), inside);
}

/// The password, for what somebody who finds a browser that is logged in shall not do; nothing for a user without one.
std::string password_again(const store::LoginUser& user, std::string_view name, const FieldErrors& errors) {
  if (user.password.empty()) return {};
  return input({.name = name, .label = "Password", .type = "password", .autocomplete = "current-password"}, errors);
}

std::string_view title_of(account::NoticeKind kind) {
  switch (kind) {
    case account::NoticeKind::engine_deprecated:
      return "A version of an engine that you used goes away";
    case account::NoticeKind::webhook_failing:
      return "A webhook of yours does not answer";
    case account::NoticeKind::credits_low:
      return "Your credits run low";
    case account::NoticeKind::new_login:
      return "Somebody logs in from a new place";
  }
  return {};
}

}  // namespace

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
  const auto password = password_again(user, "factor_password", errors);
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

std::string identities_section(const Call& call, const store::LoginUser& user,
                               const std::vector<account::LinkedIdentity>& identities, const FieldErrors& errors) {
  if (identities.empty()) return {};
  std::string rows;
  Selection which{.name = "identity", .label = "Which one", .list = {}};
  for (const auto& one : identities) {
    const auto& [issuer, subject] = one.identity;
    rows +=
        fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape_html(issuer),
                    escape_html(subject), format_time(one.created), one.last_used ? format_time(*one.last_used) : "");
    which.list.emplace_back(std::to_string(one.id), issuer + ", " + subject);
  }
  const auto table = fmt::format(
      "<table>\n<thead><tr><th>Log-in service</th><th>You are there</th><th>Since</th><th>Last "
      "log-in</th></tr></thead>\n"
      "<tbody>\n{}</tbody>\n</table>\n",
      rows);
  const bool is_last = user.password.empty() && identities.size() == 1;
  const auto change = is_last ? paragraph("This is your last way in: set a password before you unlink it.")
                              : form("/account/identities/unlink", call.session->csrf,
                                     select(which) + password_again(user, "identity_password", errors) +
                                         button("Unlink it; other log-ins end"),
                                     errors);
  return section("Other ways in", table + change);
}

std::string notices_section(const Call& call, const account::NoticeChoice& choice, const FieldErrors& errors) {
  Selection language{.name = "language", .label = "Language of mails", .list = {{"", "that of the server"}}};
  for (const auto& one : account::NoticeTexts::languages()) language.list.emplace_back(one, one);
  language.value = choice.language;
  auto inside = select(language, errors) + paragraph("By mail, if this server sends mails:");
  for (const auto kind : account::notice_kinds())
    inside += check_box(notice_field(kind), title_of(kind), choice.mails(kind));
  return section("Notices", form("/account/notices", call.session->csrf, inside + button("Save"), errors));
}

std::string notice_field(account::NoticeKind kind) { return fmt::format("mail.{}", account::notice_kind_name(kind)); }

}  // namespace recast::api
