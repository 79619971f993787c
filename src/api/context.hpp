#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "account/account.hpp"
#include "api/dispatcher.hpp"
#include "api/link_signer.hpp"
#include "api/mode.hpp"
#include "api/services.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "http/router.hpp"
#include "store/store.hpp"

namespace recast::event {
class Deliveries;
}

namespace recast::api {

class Channels;
class LoginDesk;
struct Session;

/// What all handlers share. Made by add_routes, kept alive by the routes; the HTTP server is gone before it.
struct Context {
  Context(Services& all, std::string link_secret);
  ~Context();

  Services& services;
  LinkSigner signer;
  Dispatcher dispatcher{2};
  std::unique_ptr<Channels> channels;
  std::unique_ptr<event::Deliveries> deliveries;
  std::unique_ptr<LoginDesk> login;
  Guarded<std::set<std::string>> requests;  ///< with an Idempotency-Key, that are being worked on
};

/// One authenticated request.
struct Call {
  Context& context;
  http::Request& request;
  Mode mode;
  Bases bases;
  account::Principal principal;  ///< empty on public routes
  std::string idempotency_key;   ///< of a request that makes something; empty: none
  /// Of a browser that came without a key; null on public routes, which ask session_of() themselves.
  std::shared_ptr<const Session> session = nullptr;

  /// Whose jobs and tasks this caller sees: the user's, of the mode the request came in.
  store::Owner owner() const { return {principal.user.id, mode.sandbox}; }
};

/// Registers handlers together with what a caller needs for them.
class Routes {
 public:
  using Function = std::function<Result<http::Response>(Call&)>;
  /// No key needed.
  static constexpr std::string_view kPublic{};
  /// For people alone: a log-in, no key. A browser without one is sent to the log-in page.
  static constexpr std::string_view kSession = "session";

  Routes(http::Router& router, std::shared_ptr<Context> context) : router_(router), context_(std::move(context)) {}

  /// `scope` is what the key must carry (core.md 3.2), or one of the above. Instead of a key, a browser's session gives
  /// all that its user may do; what changes something then needs the session's token (check_csrf).
  void add(std::string method, std::string pattern, std::string_view scope, Function function);
  void get(std::string pattern, std::string_view scope, Function function) {
    add("GET", std::move(pattern), scope, std::move(function));
  }
  /// A POST that makes something, so that `Idempotency-Key` may be used (api/idempotency.hpp). `again` is for what
  /// makes a job or task, and answers for the one with that id.
  using Again = std::function<Result<http::Response>(Call&, const std::string& object)>;
  void create(std::string pattern, std::string_view scope, Function make, Again again = {});
  void post(std::string pattern, std::string_view scope, Function function) {
    add("POST", std::move(pattern), scope, std::move(function));
  }
  void del(std::string pattern, std::string_view scope, Function function) {
    add("DELETE", std::move(pattern), scope, std::move(function));
  }

  http::Router& router() { return router_; }
  const std::shared_ptr<Context>& context() { return context_; }

 private:
  http::Router& router_;
  std::shared_ptr<Context> context_;
};

void add_job_routes(Routes& routes);
void add_task_routes(Routes& routes);
void add_operation_routes(Routes& routes);
void add_user_routes(Routes& routes);
void add_webhook_routes(Routes& routes);
void add_signed_url_routes(Routes& routes);
void add_preset_routes(Routes& routes);
void add_sandbox_routes(Routes& routes);
void add_audit_routes(Routes& routes);
void add_notice_routes(Routes& routes);
void add_oauth_routes(Routes& routes);
void add_key_routes(Routes& routes);
void add_credit_routes(Routes& routes);
void add_quota_routes(Routes& routes);
void add_admin_routes(Routes& routes);
void add_login_routes(Routes& routes);
void add_health_routes(Routes& routes);
void add_upload_routes(Routes& routes);
void add_download_routes(Routes& routes);
void add_socket_routes(Routes& routes);

}  // namespace recast::api
