#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "account/login.hpp"
#include "api/account_views.hpp"
#include "api/admin/routes.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"

namespace recast::api {

namespace {

struct NewUser {
  std::string username;
  std::string email;
  bool administrator = false;

  static constexpr auto fields = std::tuple{
      schema::field(&NewUser::username, "username", "Name of the account, unique.", {.required = true}),
      schema::field(&NewUser::email, "email", "Mail address of the account.", {.required = true}),
      schema::field(&NewUser::administrator, "administrator", "Whether the account may manage others."),
  };
};

struct ChangedUser {
  std::optional<std::string> email;
  std::optional<bool> administrator;
  std::optional<bool> enabled;

  static constexpr auto fields = std::tuple{
      schema::field(&ChangedUser::email, "email", "Mail address of the account."),
      schema::field(&ChangedUser::administrator, "administrator", "Whether the account may manage others."),
      schema::field(&ChangedUser::enabled, "enabled", "Whether its keys and log-ins are good."),
  };
};

json::object admin_view(const account::User& user, const Bases& bases) {
  auto out = user_view(user, bases);
  out["administrator"] = user.administrator;
  out["enabled"] = user.enabled;
  return out;
}

Result<account::User> user_in_path(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  return call.context.services.store.user(UserId(id));
}

Result<http::Response> list_users(Call& call) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto listing, call.context.services.store.page_of_users(page));
  json::array data;
  for (const auto& user : listing.items) data.push_back(admin_view(user, call.bases));
  return api_response(200, list_body(std::move(data), call.request.query, call.bases.api + "/admin/v1/users",
                                     listing.page, listing.more));
}

Result<http::Response> change_user(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(const auto wanted, schema::parse<ChangedUser>(body));
  if (wanted.email) RECAST_CHECK(account::check_email(*wanted.email));
  RECAST_TRY(const auto user,
             call.context.services.store.change_user(UserId(id), {wanted.email, wanted.administrator, wanted.enabled}));
  return data_response(200, admin_view(user, call.bases));
}

Result<http::Response> create_user(Call& call) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<NewUser>(body));
  RECAST_CHECK(account::check_username(wanted.username));
  RECAST_TRY(const auto user, call.context.services.store.create_user(std::move(wanted.username),
                                                                      std::move(wanted.email), wanted.administrator));
  return data_response(201, admin_view(user, call.bases));
}

Result<http::Response> show_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return data_response(200, admin_view(user, call.bases));
}

Result<http::Response> delete_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  if (user.id == call.principal.user.id) {
    return fail(ErrorCode::conflict, "An administrator cannot delete the account in use.");
  }
  RECAST_CHECK(call.context.services.store.delete_user(user.id));
  return http::Response::empty(204);
}

Result<http::Response> list_keys(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return key_list(call, user.id, fmt::format("/admin/v1/users/{}/keys", static_cast<std::int64_t>(user.id)));
}

Result<http::Response> create_key(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return create_key_for(call, user);
}

Result<http::Response> revoke_key(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto key, number_in_path(call, 1));
  RECAST_CHECK(call.context.services.store.revoke_key(user.id, KeyId(key)));
  return http::Response::empty(204);
}

Result<http::Response> rotate_secrets(Call& call) {
  RECAST_TRY(const auto count, call.context.services.store.rotate_secrets());
  return data_response(200, json::object{{"sealed_anew", count}});
}

}  // namespace

void add_admin_routes(Routes& routes) {
  using account::scope::admin;
  routes.post("/admin/v1/secrets/rotate", admin, &rotate_secrets);
  routes.get("/admin/v1/users", admin, &list_users);
  routes.create("/admin/v1/users", admin, &create_user);
  routes.get("/admin/v1/users/{id}", admin, &show_user);
  routes.add("PATCH", "/admin/v1/users/{id}", admin, &change_user);
  routes.del("/admin/v1/users/{id}", admin, &delete_user);
  routes.get("/admin/v1/users/{id}/keys", admin, &list_keys);
  routes.create("/admin/v1/users/{id}/keys", admin, &create_key);
  routes.del("/admin/v1/users/{id}/keys/{key}", admin, &revoke_key);
  add_admin_login_routes(routes);
}

}  // namespace recast::api
