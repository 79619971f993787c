#include "api/account_views.hpp"
#include "api/envelope.hpp"
#include "api/limits/allowed.hpp"
#include "api/limits/quota_body.hpp"
#include "schema/body.hpp"
#include "store/ledger.hpp"

namespace recast::api {

namespace {

json::object use_view(const store::Ledger::Use& use) {
  json::object out;
  out["jobs_in_flight"] = use.jobs_in_flight;
  out["tasks_in_minute"] = use.tasks_in_minute;
  out["engine_seconds_today"] = std::chrono::floor<std::chrono::seconds>(use.engine_time).count();
  return out;
}

/// What holds for somebody, and how much of it is used.
Result<json::object> quota_view(Call& call, const Asker& asker) {
  auto& ledger = call.context.services.store.ledger();
  RECAST_TRY(const auto allowance, ledger.allowance(asker.user, asker.key));
  RECAST_TRY(const auto use, ledger.use(asker.user, {}));
  RECAST_TRY(const auto balance, ledger.balance(asker.user));
  json::object out;
  out["limits"] = account::quota_object(allowance.user);
  out["use"] = use_view(use);
  out["key_limits"] = nullptr;
  out["key_use"] = nullptr;
  if (allowance.family != KeyId{}) {
    RECAST_TRY(const auto of_key, ledger.use(asker.user, allowance.family));
    out["key_limits"] = account::quota_object(allowance.key);
    out["key_use"] = use_view(of_key);
  }
  out["credits"] = credits_view(balance);
  return out;
}

Result<http::Response> show_own(Call& call) {
  RECAST_TRY(auto view, quota_view(call, Asker::of(call)));
  return data_response(200, std::move(view));
}

/// The same, with what of it is the user's own and not the server's.
Result<http::Response> show(Call& call, const account::User& user) {
  RECAST_TRY(auto view, quota_view(call, {user.id, {}}));
  view["quota"] = account::quota_object(user.quota);
  return data_response(200, std::move(view));
}

Result<account::User> user_in_path(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  return call.context.services.store.user(UserId(id));
}

Result<http::Response> show_of_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return show(call, user);
}

Result<http::Response> set_quota(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(const auto quota, quota_in(body, call.context.services.operations));
  RECAST_CHECK(call.context.services.store.ledger().set_quota(user.id, quota));
  return show_of_user(call);
}

}  // namespace

void add_quota_routes(Routes& routes) {
  using account::scope::admin;
  routes.get("/v2/users/me/quota", account::scope::user_read, &show_own);
  routes.get("/admin/v1/users/{id}/quota", admin, &show_of_user);
  routes.add("PUT", "/admin/v1/users/{id}/quota", admin, &set_quota);
}

}  // namespace recast::api
