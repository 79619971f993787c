#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"

namespace recast::api {

namespace {

Result<http::Response> list_keys(Call& call) { return key_list(call, call.principal.user.id, "/v2/keys"); }

Result<http::Response> create_key(Call& call) { return create_key_for(call, call.principal.user); }

Result<http::Response> revoke_key(Call& call) {
  RECAST_CHECK(call.principal.require_own_key());
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_CHECK(call.context.services.store.revoke_key(call.principal.user.id, KeyId(id)));
  return http::Response::empty(204);
}

}  // namespace

/// Not part of the API this server speaks: what its command line manages keys with.
void add_key_routes(Routes& routes) {
  routes.get("/v2/keys", account::scope::user_read, &list_keys);
  routes.create("/v2/keys", account::scope::user_write, &create_key);
  routes.del("/v2/keys/{id}", account::scope::user_write, &revoke_key);
}

}  // namespace recast::api
