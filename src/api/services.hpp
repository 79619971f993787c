#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/settings.hpp"

namespace recast {
class Clock;
class Random;
}  // namespace recast
namespace recast::engine {
class Catalogue;
}
namespace recast::event {
class Bus;
struct MailSettings;
struct WebhookSettings;
}  // namespace recast::event
namespace recast::http {
class Router;
}
namespace recast::net {
class Client;
}
namespace recast::operation {
class Registry;
}
namespace recast::storage {
class Storage;
}
namespace recast::store {
class Store;
}

namespace recast::account {
struct Quota;
struct SandboxSettings;
}  // namespace recast::account
namespace recast::api {

struct LoginSettings;
struct OauthSettings;

/// What the server can say of its own health, for /readyz.
struct Check {
  std::string name;  ///< "store", "disk", "jail", "engine poppler"
  bool ok = false;
  std::string detail;  ///< fit for an operator
  bool needed = true;  ///< whether the server cannot take work without it; else it is merely degraded
};

/// Everything a handler may use. Lives as long as the server. Names only: whoever uses one includes it.
struct Services {
  const Settings& settings;
  store::Store& store;
  storage::Storage& storage;
  event::Bus& bus;
  const operation::Registry& operations;
  net::Client& net;  ///< the way out, under the outbound policy
  const event::WebhookSettings& webhooks;
  const event::MailSettings& mail;
  const LoginSettings& login;
  net::Client* login_net = nullptr;  ///< to the operator's OpenID provider; `net` if null
  const OauthSettings& oauth;
  const account::SandboxSettings& sandbox;
  const account::Quota& quotas;  ///< of users for whom the operator said nothing else
  const Clock& clock;
  Random& random;
  std::int64_t upload_bytes = 10'000'000'000;
  std::size_t tasks_per_job = 1000;
  std::chrono::seconds upload_time = std::chrono::hours(6);  ///< how long an upload form works
  std::filesystem::path incoming;                            ///< for uploads under way, on the storage's disk
  std::function<std::shared_ptr<const engine::Catalogue>()> catalogue;
  std::function<std::vector<Check>()> checks;  ///< answers at once, from the latest results
  std::function<std::string()> metrics;        ///< Prometheus text
};

/// Adds every route, the error envelope and the role rewriting. `services` must outlive the router.
void add_routes(http::Router& router, Services& services);

}  // namespace recast::api
