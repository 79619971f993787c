#include "test_server.hpp"

#include <stdexcept>

#include "account/quota.hpp"
#include "account/sandbox.hpp"
#include "api/login/settings.hpp"
#include "api/oauth/settings.hpp"
#include "event/deliveries.hpp"
#include "event/mail_settings.hpp"
#include "http/router.hpp"
#include "net/policy.hpp"
#include "operation/registry.hpp"
#include "storage/registry.hpp"
#include "test_operations.hpp"

namespace recast::api_test {

namespace fs = std::filesystem;

namespace {
constexpr const char* kFileForAll = "098f6bcd4621d373cade4e832627b4f6";  // "test"
}

/// In the order they are built; taken down in reverse.
struct TestServer::Parts {
  SystemRandom random;
  api::Settings settings;
  std::shared_ptr<const engine::Catalogue> catalogue =
      std::make_shared<const engine::Catalogue>(std::vector<engine::Installation>());
  operation::Registry operations;
  event::Bus bus;
  event::WebhookSettings webhooks;
  event::MailSettings mail;
  api::LoginSettings login;
  api::OauthSettings oauth;
  account::Quota quotas;
  account::SandboxSettings sandbox;
  std::unique_ptr<net::Client> net = net::make_client({}, net::Policy::open({}).value());
  std::unique_ptr<store::Store> store;
  std::unique_ptr<storage::Storage> storage;
  std::unique_ptr<scheduler::TaskRunner> runner;
  std::unique_ptr<scheduler::Scheduler> scheduler;
  std::unique_ptr<api::Services> services;
  http::Router router;
  std::unique_ptr<http::Server> server;
};

TestServer::TestServer(Options options) : parts_(std::make_unique<Parts>()) {
  const auto opened = open(options);
  if (!opened) throw std::runtime_error("the test server did not start: " + opened.error().message);
}

TestServer::~TestServer() {
  if (parts_->server) parts_->server->stop(Deadline::in(std::chrono::seconds(5)));
  if (parts_->scheduler) parts_->scheduler->stop(Deadline::in(std::chrono::milliseconds(0)));
}

Result<> TestServer::open(const Options& options) {
  auto& parts = *parts_;
  for (const auto* const name : {"files", "incoming", "work"}) fs::create_directory(folder_ / name);
  RECAST_CHECK(add_operations(parts.operations));
  constexpr std::chrono::hours upload_time{8};
  parts.login.registration = "open";
  parts.login.password_memory_mib = 1;  // as cheap as it goes: what it costs is another test's matter
  parts.login.password_passes = 1;
  parts.login.first_pause_seconds = 300;  // so that a slow machine is not out of it before the next request
  store::Store::Settings rows;
  rows.upload_time = upload_time;
  rows.file = folder_ / "recast.db";
  rows.answer_bytes = options.answer_bytes;
  rows.sandbox_whitelist = {kFileForAll};
  parts.sandbox.files_per_user = options.sandbox_files;
  parts.settings.keys_per_user = options.keys;
  parts.settings.signed_url_bases_per_user = options.signed_url_bases;
  parts.settings.presets_per_user = options.presets;
  parts.settings.preset_versions = options.preset_versions;
  RECAST_TRY(parts.store, store::Store::open(rows, clock_, parts.random, "test-host"));
  storage::Registry drivers;
  RECAST_CHECK(storages::register_all(drivers));
  RECAST_TRY(parts.storage, drivers.find("local")->open({{"root", (folder_ / "files").string()}}, {}));
  RECAST_CHECK(add_users());
  parts.store->on_events([&parts](const std::vector<store::Event>& events) { parts.bus.publish(events); });
  RECAST_CHECK(parts.store->set_load_classes([&parts](std::string_view name) {
    const auto* const operation = parts.operations.find(name);
    return operation == nullptr ? operation::Load::light : operation->load;
  }));
  parts.runner =
      make_runner(parts.operations, *parts.storage, parts.store->sandbox_files(), folder_ / "work", *parts.catalogue);
  parts.scheduler = scheduler::Scheduler::start({.cpu_tasks = 2}, *parts.store, parts.bus, *parts.storage,
                                                *parts.runner, clock_, [](const auto&) {});
  parts.services = std::unique_ptr<api::Services>(new api::Services{
      .settings = parts.settings,
      .store = *parts.store,
      .storage = *parts.storage,
      .bus = parts.bus,
      .operations = parts.operations,
      .net = *parts.net,
      .webhooks = parts.webhooks,
      .mail = parts.mail,
      .login = parts.login,
      .oauth = parts.oauth,
      .sandbox = parts.sandbox,
      .quotas = parts.quotas,
      .clock = clock_,
      .random = parts.random,
      .upload_bytes = options.upload_bytes,
      .tasks_per_job = options.tasks_per_job,
      .upload_time = upload_time,
      .incoming = folder_ / "incoming",
      .catalogue = [&parts] { return parts.catalogue; },
      .checks =
          [] {
            return std::vector<api::Check>{{"store", true, "answers"}};
          },
      .metrics = [] { return std::string("# nothing\n"); },
  });
  api::add_routes(parts.router, *parts.services);
  http::Settings settings;
  settings.body_bytes = options.body_bytes;
  RECAST_TRY(parts.server, http::Server::start(settings, {{.name = "api"}, {.name = "sync"}}, parts.router));
  values_["port"] = std::to_string(port());
  return {};
}

Result<> TestServer::add_users() {
  auto& store = *parts_->store;
  const auto add = [&](const std::string& name, UserId user, std::vector<std::string> scopes) -> Result<> {
    const auto token = account::new_token(parts_->random);
    RECAST_CHECK(store.create_key(user, name, std::move(scopes), token));
    values_[name] = token;
    return {};
  };
  RECAST_TRY(const auto ada, store.create_user("ada", "ada@example.org", true));
  RECAST_TRY(const auto bob, store.create_user("bob", "bob@example.org", false));
  values_["user"] = std::to_string(static_cast<std::int64_t>(ada.id));
  values_["other_user"] = std::to_string(static_cast<std::int64_t>(bob.id));
  auto all = account::all_scopes();
  RECAST_CHECK(add("key", ada.id, all));
  RECAST_CHECK(add("other_key", bob.id, all));
  RECAST_CHECK(add("read_key", ada.id, {"task.read"}));
  RECAST_CHECK(add("write_key", ada.id, {"task.write"}));
  all.emplace_back(account::scope::admin);
  return add("admin_key", ada.id, all);
}

std::uint16_t TestServer::port(std::string_view listener) const { return parts_->server->port(listener); }
http::Server::Figures TestServer::figures() const { return parts_->server->figures(); }
store::Store& TestServer::store() { return *parts_->store; }
const http::Router& TestServer::router() const { return parts_->router; }
const operation::Registry& TestServer::operations() const { return parts_->operations; }
event::Bus& TestServer::bus() { return parts_->bus; }

std::size_t TestServer::uploads_under_way() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_ / "incoming")) ++count;
  return count;
}

}  // namespace recast::api_test
