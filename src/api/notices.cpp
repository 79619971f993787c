#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "account/notice_text.hpp"
#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/notices.hpp"

namespace recast::api {

namespace {

json::object notice_view(const account::Notice& notice) {
  json::object out;
  out["id"] = notice.id;
  out["kind"] = account::notice_kind_name(notice.kind);
  out["values"] = notice.values;
  out["created_at"] = format_time(notice.created);
  out["read_at"] = time_or_null(notice.read);
  out["mailed_at"] = time_or_null(notice.mailed);
  return out;
}

Result<http::Response> list_notices(Call& call) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  RECAST_TRY(const auto listing,
             call.context.services.store.notices().list(call.principal.user.id, flag(query, "unread"), page));
  json::array data;
  for (const auto& notice : listing.items) data.push_back(notice_view(notice));
  return api_response(200, list_body(std::move(data), query, View(call.context, call.bases).link("users/me/notices"),
                                     listing.page, listing.more));
}

Result<http::Response> mark_read(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_TRY(const auto notice, call.context.services.store.notices().mark_read(call.principal.user.id, id));
  return data_response(200, notice_view(notice));
}

Result<http::Response> mark_all_read(Call& call) {
  RECAST_TRY(const auto count, call.context.services.store.notices().mark_all_read(call.principal.user.id));
  return data_response(200, json::object{{"read", count}});
}

struct WantedChoice {
  std::string language;
  std::map<std::string, std::string> mail;

  static constexpr auto fields = std::tuple{
      schema::field(&WantedChoice::language, "language", "Of mails; empty: the server's."),
      schema::field(&WantedChoice::mail, "mail", "Kinds of notices, each true or false."),
  };
};

json::object choice_view(const account::NoticeChoice& choice) {
  json::object mail;
  for (const auto kind : account::notice_kinds()) mail[account::notice_kind_name(kind)] = choice.mails(kind);
  json::object out;
  out["language"] = choice.language.empty() ? json::value(nullptr) : json::value(choice.language);
  out["languages"] = json::value_from(account::NoticeTexts::languages());
  out["mail"] = std::move(mail);
  return out;
}

Result<account::NoticeChoiceChange> change_in_body(const Call& call) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(const auto wanted, schema::parse<WantedChoice>(body));
  account::NoticeChoiceChange change;
  // null and "" are words here: that of the server again.
  if (body.contains("language")) change.language = wanted.language;
  RECAST_CHECK(account::check_notice_language(wanted.language));
  for (const auto& [name, word] : wanted.mail) {
    RECAST_TRY(const auto kind, account::read_chosen_kind(name));
    if (word != "true" && word != "false")
      return fail(ErrorCode::invalid_data, fmt::format("The mail.{} field must be true or false.", name), "mail");
    change.mail.emplace_back(kind, word == "true");
  }
  return change;
}

Result<http::Response> show_choice(Call& call) {
  RECAST_TRY(const auto choice, call.context.services.store.notices().choice(call.principal.user.id));
  return data_response(200, choice_view(choice));
}

Result<http::Response> change_choice(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto change, change_in_body(call));
  RECAST_TRY(const auto choice, call.context.services.store.notices().choose(call.principal.user.id, change));
  return data_response(200, choice_view(choice));
}

}  // namespace

/// What the server tells its users; the service whose API this is has only the mails.
void add_notice_routes(Routes& routes) {
  routes.get("/v2/users/me/notices", account::scope::user_read, &list_notices);
  routes.post("/v2/users/me/notices/read", account::scope::user_write, &mark_all_read);
  routes.post("/v2/users/me/notices/{id}/read", account::scope::user_write, &mark_read);
  routes.get("/v2/users/me/notices/settings", account::scope::user_read, &show_choice);
  routes.add("PATCH", "/v2/users/me/notices/settings", account::scope::user_write, &change_choice);
}

}  // namespace recast::api
