#include <stdexcept>
#include <utility>

#include "api/auth.hpp"
#include "api/channels.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/idempotency.hpp"
#include "event/deliveries.hpp"
#include "store/audit.hpp"

namespace recast::api {

Context::Context(Services& all, std::string link_secret) : services(all), signer(std::move(link_secret)) {}

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
  actor.key = principal.key;
  return actor;
}

}  // namespace

void Routes::add(std::string method, std::string pattern, std::string_view scope, Function function) {
  router_.add(
      std::move(method), std::move(pattern),
      [context = context_, scope, function = std::move(function)](http::Request& request) -> Result<http::Response> {
        const auto& settings = context->services.settings;
        Call call{*context, request, mode_of(request), bases_of(request, settings), {}, {}};
        if (scope != kPublic) {
          RECAST_TRY(call.principal, authenticate(request.headers.get("Authorization"), context->services.store));
          RECAST_CHECK(call.principal.require_mode(call.mode.sandbox));
          RECAST_CHECK(call.principal.require(scope));
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
  add_key_routes(routes);
  add_admin_routes(routes);
  add_health_routes(routes);
  add_upload_routes(routes);
  add_download_routes(routes);
  add_socket_routes(routes);
}

}  // namespace recast::api
