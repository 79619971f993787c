#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/limits/allowed.hpp"
#include "store/ledger.hpp"

namespace recast::api {

namespace {

Result<http::Response> show_me(Call& call) {
  // Not the key's cached owner: credits change.
  RECAST_TRY(const auto user, call.context.services.store.user(call.principal.user.id));
  const auto asker = Asker::of(call);
  RECAST_TRY(const auto allowance, call.context.services.store.ledger().allowance(asker.user, asker.key));
  auto view = user_view(user, call.bases);
  if (const auto most = allowance.least(&account::Quota::tasks_per_minute)) view["tasks_per_minute"] = *most;
  return data_response(200, std::move(view));
}

/// Others' accounts look like missing ones.
Result<http::Response> show_user(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  if (UserId(id) != call.principal.user.id) return fail(ErrorCode::not_found, "Not found.");
  return show_me(call);
}

}  // namespace

void add_user_routes(Routes& routes) {
  routes.get("/v2/users/me", account::scope::user_read, &show_me);
  routes.get("/v2/me", account::scope::user_read, &show_me);  // where n8n asks whether a key is good
  routes.get("/v2/users/{id}", account::scope::user_read, &show_user);
}

}  // namespace recast::api
