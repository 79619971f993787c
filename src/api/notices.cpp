#include <boost/json/array.hpp>

#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
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

}  // namespace

/// What the server tells its users; the service whose API this is has only the mails.
void add_notice_routes(Routes& routes) {
  routes.get("/v2/users/me/notices", account::scope::user_read, &list_notices);
  routes.post("/v2/users/me/notices/read", account::scope::user_write, &mark_all_read);
  routes.post("/v2/users/me/notices/{id}/read", account::scope::user_write, &mark_read);
}

}  // namespace recast::api
