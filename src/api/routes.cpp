#include <stdexcept>
#include <utility>

#include "api/auth.hpp"
#include "api/channels.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/idempotency.hpp"
#include "api/login/desk.hpp"
#include "api/login/session.hpp"
#include "api/page.hpp"
#include "event/deliveries.hpp"
#include "store/audit.hpp"

namespace recast::api {

Context::Context(Services& all, std::string link_secret)
    : services(all), signer(std::move(link_secret)), login(std::make_unique<LoginDesk>(all)) {}

/// The dispatcher's work uses the channels and the channels use the dispatcher: its threads end first.
Context::~Context() {
  deliveries.reset();
  dispatcher.stop();
}

namespace {

/// Whom the audit log puts a request's changes down to.
account::Actor actor_of(const Call& call) {
  account::Actor actor{.user = {}, .username = {}, .key = {}, .address = call.request.remote_address};
  const auto& principal = call.principal;
  if (principal.user.id == UserId{}) return actor;
  actor.user = principal.user.id;
  actor.username = principal.user.username;
  if (principal.key != KeyId{}) actor.key = principal.key;  // a log-in has none
  return actor;
}

bool changes_something(const http::Request& request) { return request.method != "GET" && request.method != "HEAD"; }

/// Who asks: a key, or without one a browser that is logged in.
Result<> identify(Call& call, std::string_view scope) {
  if (!call.request.headers.has("Authorization")) {
    RECAST_TRY(auto session, session_of(call));
    if (session) {
      if (changes_something(call.request)) RECAST_CHECK(check_csrf(call, *session));
      call.principal = principal_of(*session);
      call.session = std::make_shared<const Session>(*std::move(session));
    }
  }
  if (scope == Routes::kSession) {
    return call.session ? Result<>() : fail(ErrorCode::unauthenticated, "Unauthenticated.");
  }
  if (!call.session) {
    RECAST_TRY(call.principal, authenticate(call.request.headers.get("Authorization"), call.context.services.store));
  }
  RECAST_CHECK(call.principal.require_mode(call.mode.sandbox));
  return call.principal.require(scope);
}

/// A page's refusal, as a page: whoever is not logged in comes to do that.
http::Response refuse_person(const Call& call, const Error& error) {
  if (error.code == ErrorCode::unauthenticated && wants_page(call.request)) return log_in_first(call);
  return error_page_or_body(error, wants_page(call.request));
}

}  // namespace

void Routes::add(std::string method, std::string pattern, std::string_view scope, Function function) {
  router_.add(
      std::move(method), std::move(pattern),
      [context = context_, scope, function = std::move(function)](http::Request& request) -> Result<http::Response> {
        const auto& settings = context->services.settings;
        Call call{*context, request, mode_of(request), bases_of(request, settings), {}, {}};
        if (scope != kPublic) {
          const auto identified = identify(call, scope);
          if (!identified && scope == kSession) return refuse_person(call, identified.error());
          RECAST_CHECK(identified);
        }
        const store::ActorScope actor(actor_of(call));
        return function(call);
      });
}

void Routes::create(std::string pattern, std::string_view scope, Function make, Again again) {
  post(std::move(pattern), scope,
       [make = std::move(make), again = std::move(again)](Call& call) { return once(call, make, again); });
}

void add_routes(http::Router& router, Services& services) {
  auto secret = services.store.secret("url-signing");
  if (!secret) throw std::runtime_error("the store keeps no secret for links: " + secret.error().message);
  Routes routes(router, std::make_shared<Context>(services, *std::move(secret)));
  router.before([&settings = services.settings](http::Request& request) { decide_mode(request, settings); });
  router.on_error([](const http::Request&, const Error& error) { return error_response(error); });
  add_job_routes(routes);
  add_task_routes(routes);
  add_operation_routes(routes);
  add_user_routes(routes);
  add_webhook_routes(routes);
  add_signed_url_routes(routes);
  add_preset_routes(routes);
  add_sandbox_routes(routes);
  add_audit_routes(routes);
  add_notice_routes(routes);
  add_oauth_routes(routes);
  add_key_routes(routes);
  add_credit_routes(routes);
  add_quota_routes(routes);
  add_admin_routes(routes);
  add_login_routes(routes);
  add_health_routes(routes);
  add_upload_routes(routes);
  add_download_routes(routes);
  add_socket_routes(routes);
}

}  // namespace recast::api
