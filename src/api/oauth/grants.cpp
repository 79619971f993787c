#include "store/grants.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/oauth/routes.hpp"

namespace recast::api {

namespace {

json::object view(const account::Grant& grant) {
  json::object out;
  out["id"] = static_cast<std::int64_t>(grant.id);
  out["client_id"] = grant.client;
  out["client_name"] = grant.client_name;
  out["scopes"] = json::value_from(grant.scopes);
  out["logins"] = grant.authorizations;
  out["created_at"] = format_time(grant.created);
  out["updated_at"] = format_time(grant.updated);
  out["last_used_at"] = time_or_null(grant.last_used);
  return out;
}

Result<http::Response> list_grants(Call& call) {
  RECAST_TRY(const auto list, call.context.services.store.grants().list(call.principal.user.id));
  json::array data;
  for (const auto& grant : list) data.push_back(view(grant));
  return data_response(200, std::move(data));
}

Result<http::Response> delete_grant(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_CHECK(call.context.services.store.grants().remove(call.principal.user.id, GrantId(id)));
  return http::Response::empty(204);
}

}  // namespace

void add_oauth_grant_routes(Routes& routes) {
  routes.get("/v2/oauth/grants", account::scope::user_read, &list_grants);
  routes.del("/v2/oauth/grants/{id}", account::scope::user_write, &delete_grant);
}

}  // namespace recast::api
