#pragma once

#include <cstdint>
#include <filesystem>

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "engine/catalogue.hpp"
#include "event/bus.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "operation/registry.hpp"
#include "schema/field.hpp"
#include "storage/storage.hpp"
#include "store/store.hpp"

namespace recast::api {

/// Settings section "api".
struct Settings {
  std::string public_api_url;
  std::string public_storage_url;
  std::string region = "local";
  bool host_roles = true;
  int link_seconds = 86400;
  int sockets_per_user = 10000;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::public_api_url, "public_api_url",
                    "Base of links to jobs and tasks as clients see it, without /v2, such as "
                    "https://recast.example.org. Empty: from the request's Host."),
      schema::field(&Settings::public_storage_url, "public_storage_url",
                    "Base of upload and download URLs. Empty: the same as public_api_url."),
      schema::field(&Settings::region, "region", "What tasks show as their region."),
      schema::field(&Settings::host_roles, "host_roles",
                    "Whether labels of the Host header (sync, storage, socketio, …) choose a role."),
      schema::field(&Settings::link_seconds, "link_seconds", "How long a download link works.", {.min = 1}),
      schema::field(&Settings::sockets_per_user, "sockets_per_user", "Socket.IO connections of one user.", {.min = 1}),
  };
};

/// What the server can say of its own health, for /readyz.
struct Check {
  std::string name;  ///< "store", "disk", "jail", "engine poppler"
  bool ok = false;
  std::string detail;  ///< fit for an operator
};

/// Everything a handler may use. Lives as long as the server.
struct Services {
  const Settings& settings;
  store::Store& store;
  storage::Storage& storage;
  event::Bus& bus;
  const operation::Registry& operations;
  const Clock& clock;
  Random& random;
  std::int64_t upload_bytes = 10'000'000'000;
  std::size_t tasks_per_job = 1000;
  std::filesystem::path incoming;  ///< folder for uploads under way, on the storage's disk
  std::function<std::shared_ptr<const engine::Catalogue>()> catalogue;
  std::function<std::vector<Check>()> checks;  ///< answers at once, from the latest results
  std::function<std::string()> metrics;        ///< Prometheus text
};

/// How a request came in (core.md 1.2), decided once before routing and kept in request headers of our own.
struct Mode {
  bool blocking = false;
  bool sandbox = false;
  std::string region;
  std::string prefix;  ///< "/sandbox" if the path said so: links keep it
};
Mode mode_of(const http::Request& request);

/// Adds every route, the error envelope and the role rewriting. `services` must outlive the router.
void add_routes(http::Router& router, Services& services);

/// Signs and checks download links and upload forms: HMAC-SHA256 with the installation's own secret.
class LinkSigner {
 public:
  explicit LinkSigner(std::string secret) : secret_(std::move(secret)) {}
  /// "{base}/tasks/{task}/{dir/}{file}?expires=…&signature=…", file name percent-encoded.
  std::string download(std::string_view base, const TaskId& task, std::string_view dir, std::string_view file,
                       Time expires) const;
  /// Whether query values belong to this task and file and are not over. `path` decoded. Independent of how it was
  /// spelled.
  bool check_download(const TaskId& task, std::string_view dir_and_file, std::string_view expires,
                      std::string_view signature, Time now) const;
  std::string sign(std::string_view text) const;                         ///< hex HMAC
  bool verify(std::string_view text, std::string_view signature) const;  ///< constant time

 private:
  std::string secret_;
};

}  // namespace recast::api
