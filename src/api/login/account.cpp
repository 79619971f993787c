// /account/v1: the same for scripts of the dashboard.
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/login/changes.hpp"
#include "api/login/routes.hpp"
#include "api/login/session.hpp"
#include "api/login/views.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

struct NewPassword {
  std::string current_password;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&NewPassword::current_password, "current_password", "The present one.",
                    {.verbatim = true, .secret = true}),
      schema::field(&NewPassword::password, "password", "The new one.",
                    {.required = true, .verbatim = true, .secret = true}),
  };
};

struct Code {
  std::string code;

  static constexpr auto fields = std::tuple{
      schema::field(&Code::code, "code", "What the app shows.", {.required = true, .secret = true}),
  };
};

struct Confirmation {
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Confirmation::password, "password", "The present one.", {.verbatim = true, .secret = true}),
  };
};

template <class T>
Result<T> body_of(const Call& call) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  return schema::parse<T>(body);
}

/// Who is logged in, and the token that requests which change something carry as X-CSRF-Token.
Result<http::Response> show_session(Call& call) {
  auto& logins = call.context.services.store.logins();
  RECAST_TRY(const auto user, logins.find(call.principal.user.id));
  RECAST_TRY(const auto left, logins.recovery_codes_left(user.user.id));
  auto shown = user_view(user.user, call.bases);
  shown["administrator"] = user.user.administrator;
  json::object out;
  out["user"] = std::move(shown);
  out["csrf_token"] = call.session->csrf;
  out["since"] = format_time(call.session->since);
  out["has_password"] = !user.password.empty();
  out["second_factor"] = user.has_factor;
  out["recovery_codes_left"] = left;
  return data_response(200, std::move(out));
}

Result<http::Response> list_sessions(Call& call) {
  RECAST_TRY(const auto sessions, call.context.services.store.logins().sessions(call.principal.user.id));
  json::array data;
  for (const auto& one : sessions) {
    auto shown = session_view(one);
    shown["current"] = one.hash == call.session->id_hash;
    data.push_back(std::move(shown));
  }
  return data_response(200, std::move(data));
}

Result<http::Response> end_others(Call& call) {
  RECAST_CHECK(call.context.services.store.logins().end_sessions(call.principal.user.id, call.session->id_hash));
  return http::Response::empty(204);
}

Result<http::Response> end_session(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_CHECK(call.context.services.store.logins().end_session(call.principal.user.id, id));
  return http::Response::empty(204);
}

Result<http::Response> put_password(Call& call) {
  RECAST_TRY(const auto wanted, body_of<NewPassword>(call));
  RECAST_CHECK(change_password(call, wanted.current_password, wanted.password));
  return http::Response::empty(204);
}

Result<http::Response> post_factor(Call& call) {
  RECAST_TRY(const auto wanted, body_of<Confirmation>(call));
  RECAST_TRY(const auto offered, offer_factor(call, wanted.password));
  return data_response(201, json::object{{"secret", offered.secret}, {"uri", offered.uri}});
}

Result<http::Response> post_factor_code(Call& call) {
  RECAST_TRY(const auto wanted, body_of<Code>(call));
  RECAST_TRY(const auto codes, confirm_factor(call, wanted.code));
  return data_response(200, json::object{{"recovery_codes", json::value_from(codes)}});
}

Result<http::Response> post_factor_removal(Call& call) {
  RECAST_TRY(const auto wanted, body_of<Confirmation>(call));
  RECAST_CHECK(remove_factor(call, wanted.password));
  return http::Response::empty(204);
}

Result<http::Response> list_identities(Call& call) {
  RECAST_TRY(const auto identities, call.context.services.store.logins().identities(call.principal.user.id));
  return data_response(200, identity_views(identities));
}

Result<http::Response> delete_identity(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_TRY(const auto wanted, body_of<Confirmation>(call));
  RECAST_CHECK(unlink_identity(call, id, wanted.password));
  return http::Response::empty(204);
}

}  // namespace

void add_account_routes(Routes& routes) {
  constexpr auto session = Routes::kSession;
  routes.get("/account/v1/session", session, &show_session);
  routes.get("/account/v1/sessions", session, &list_sessions);
  routes.del("/account/v1/sessions", session, &end_others);
  routes.del("/account/v1/sessions/{id}", session, &end_session);
  routes.add("PUT", "/account/v1/password", session, &put_password);
  routes.post("/account/v1/second-factor", session, &post_factor);
  routes.post("/account/v1/second-factor/confirm", session, &post_factor_code);
  routes.post("/account/v1/second-factor/remove", session, &post_factor_removal);
  routes.get("/account/v1/identities", session, &list_identities);
  routes.del("/account/v1/identities/{id}", session, &delete_identity);
}

}  // namespace recast::api
