// How others come in: their passwords, second factors, log-ins, identities, and invitations.
#include <boost/json/array.hpp>

#include "account/login.hpp"
#include "api/account_views.hpp"
#include "api/admin/routes.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/login/desk.hpp"
#include "api/login/settings.hpp"
#include "api/login/views.hpp"
#include "api/query.hpp"
#include "base/random.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "storage/server_address.hpp"
#include "store/logins.hpp"

namespace recast::api {

namespace {

constexpr std::size_t kTokenLength = 43;  // of 62 characters: 256 bits

struct Password {
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Password::password, "password", "The new one.",
                    {.required = true, .verbatim = true, .secret = true}),
  };
};

struct NewInvitation {
  std::string email;
  bool administrator = false;
  std::optional<std::int64_t> expires_in;

  static constexpr auto fields = std::tuple{
      schema::field(&NewInvitation::email, "email", "Mail address of the account that will be made.",
                    {.required = true}),
      schema::field(&NewInvitation::administrator, "administrator", "Whether that account may manage others."),
      schema::field(&NewInvitation::expires_in, "expires_in",
                    "Seconds for which it can be accepted; else login.invitation_hours.",
                    {.min = 60, .max = 31'536'000}),
  };
};

struct NewIdentity {
  std::string issuer;
  std::string subject;

  static constexpr auto fields = std::tuple{
      schema::field(&NewIdentity::issuer, "issuer", "The OpenID Connect provider; else login.oidc_issuer."),
      schema::field(&NewIdentity::subject, "subject", "What the provider calls the user (sub).", {.required = true}),
  };
};

store::Logins& logins_of(const Call& call) { return call.context.services.store.logins(); }

Result<store::LoginUser> user_in_path(const Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  return logins_of(call).find(UserId(id));
}

template <class T>
Result<T> body_of(const Call& call) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  return schema::parse<T>(body);
}

Result<http::Response> set_password(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto wanted, body_of<Password>(call));
  RECAST_TRY(const auto hash, call.context.login->hash_new_password(wanted.password, user.user.username));
  RECAST_CHECK(logins_of(call).set_password(user.user.id, hash));
  return http::Response::empty(204);
}

Result<http::Response> remove_factor(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_CHECK(logins_of(call).remove_factor(user.user.id));
  return http::Response::empty(204);
}

Result<http::Response> show_login(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto sessions, logins_of(call).sessions(user.user.id));
  return data_response(200, json::object{{"has_password", !user.password.empty()},
                                         {"second_factor", user.has_factor},
                                         {"sessions", sessions.size()}});
}

Result<http::Response> list_sessions(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto sessions, logins_of(call).sessions(user.user.id));
  json::array data;
  for (const auto& one : sessions) data.push_back(session_view(one));
  return data_response(200, std::move(data));
}

Result<http::Response> end_sessions(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_CHECK(logins_of(call).end_sessions(user.user.id));
  return http::Response::empty(204);
}

/// An address without query and fragment (OpenID Connect Core 2, iss). It is compared to the letter, so it is kept as
/// it was given.
Result<> check_issuer(const std::string& issuer) {
  if (!issuer.contains("://"))
    return fail(ErrorCode::invalid_data,
                "The issuer must be the address of a provider, such as https://id.example.org.", "issuer");
  RECAST_CHECK(storage::server_address(issuer, "issuer"));
  return {};
}

Result<http::Response> add_identity(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(auto wanted, body_of<NewIdentity>(call));
  if (wanted.issuer.empty()) wanted.issuer = call.context.login->settings().oidc_issuer;
  if (wanted.issuer.empty()) return fail(ErrorCode::invalid_data, "The issuer field is required.", "issuer");
  RECAST_CHECK(check_issuer(wanted.issuer));
  RECAST_CHECK(account::check_subject(wanted.subject));
  RECAST_TRY(const auto added, logins_of(call).add_identity(user.user.id, {wanted.issuer, wanted.subject}));
  return data_response(201, identity_view(added));
}

Result<http::Response> list_identities(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto identities, logins_of(call).identities(user.user.id));
  return data_response(200, identity_views(identities));
}

Result<http::Response> unlink_identity(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto id, number_in_path(call, 1));
  RECAST_CHECK(logins_of(call).unlink_identity(user.user.id, id));
  return http::Response::empty(204);
}

/// The answer holds the link, which is shown this once.
Result<http::Response> invite(Call& call) {
  const auto& settings = call.context.login->settings();
  if (settings.registration == "closed")
    return fail(ErrorCode::conflict, "Nobody could accept an invitation: the setting login.registration is closed.");
  RECAST_TRY(const auto wanted, body_of<NewInvitation>(call));
  RECAST_CHECK(account::check_email(wanted.email));
  const auto life = wanted.expires_in ? std::chrono::seconds(*wanted.expires_in)
                                      : std::chrono::seconds(std::chrono::hours(settings.invitation_hours));
  const auto token = call.context.services.random.token(kTokenLength);
  RECAST_TRY(const auto made,
             logins_of(call).invite(wanted.email, wanted.administrator, life, account::token_hash(token)));
  auto shown = invitation_view(made);
  shown["url"] = call.bases.api + "/invitation/" + token;
  return data_response(201, std::move(shown));
}

Result<http::Response> list_invitations(Call& call) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto listing, logins_of(call).invitations(page));
  json::array data;
  for (const auto& one : listing.items) data.push_back(invitation_view(one));
  return api_response(200, list_body(std::move(data), call.request.query, call.bases.api + "/admin/v1/invitations",
                                     listing.page, listing.more));
}

Result<http::Response> withdraw_invitation(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_CHECK(logins_of(call).withdraw_invitation(id));
  return http::Response::empty(204);
}

}  // namespace

void add_admin_login_routes(Routes& routes) {
  using account::scope::admin;
  routes.get("/admin/v1/users/{id}/login", admin, &show_login);
  routes.add("PUT", "/admin/v1/users/{id}/password", admin, &set_password);
  routes.del("/admin/v1/users/{id}/second-factor", admin, &remove_factor);
  routes.get("/admin/v1/users/{id}/sessions", admin, &list_sessions);
  routes.del("/admin/v1/users/{id}/sessions", admin, &end_sessions);
  routes.create("/admin/v1/users/{id}/identities", admin, &add_identity);
  routes.get("/admin/v1/users/{id}/identities", admin, &list_identities);
  routes.del("/admin/v1/users/{id}/identities/{identity}", admin, &unlink_identity);
  routes.create("/admin/v1/invitations", admin, &invite);
  routes.get("/admin/v1/invitations", admin, &list_invitations);
  routes.del("/admin/v1/invitations/{id}", admin, &withdraw_invitation);
}

}  // namespace recast::api
