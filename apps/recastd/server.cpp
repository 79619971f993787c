#include "server.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "account/account.hpp"
#include "account/login.hpp"
#include "api/limits/quota_body.hpp"
#include "api/own_link.hpp"
#include "api/payload.hpp"
#include "base/log.hpp"
#include "engines.hpp"
#include "event/notice_mail.hpp"
#include "execution/task_runner.hpp"
#include "health.hpp"
#include "late_client.hpp"
#include "metrics.hpp"
#include "net/overrides.hpp"
#include "storage/registry.hpp"
#include "store/sandbox_files.hpp"

namespace recast::server {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

/// As many descriptors as the machine allows, and no more connections than leave enough of them for the work itself.
void fit_to_descriptors(http::Settings& settings) {
  constexpr int kForWork = 1024;
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto most = limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<int>::max()
                                                    : static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
  const int room = std::max(most - kForWork, most / 2);
  if (settings.connections <= room) return;
  log::warning("fewer connections than http.connections: the limit on open files is low",
               {{"connections", room}, {"open_files", most}});
  settings.connections = room;
}

/// A key with every scope, for a user named "admin" who is made if missing, and made an administrator who may come in
/// again if that has changed: a key that is good for nothing helps nobody who has lost all others.
Result<std::string> make_administrator_key(store::Store& store, Random& random, std::string name) {
  auto user = store.user_by_name("admin");
  if (!user) user = store.create_user("admin", "admin@localhost", true);
  if (user && !(user->enabled && user->administrator))
    user = store.change_user(user->id, {.email = {}, .administrator = true, .enabled = true});
  if (!user) return std::unexpected(std::move(user).error());
  auto scopes = account::all_scopes();
  scopes.emplace_back(account::scope::admin);
  auto token = account::new_token(random);
  RECAST_CHECK(store.create_key(user->id, std::move(name), std::move(scopes), token));
  return token;
}

Result<store::Store::Settings> store_settings(const Options& options, const Folders& folders,
                                              account::Prices prices = {}) {
  RECAST_TRY(auto whitelist, account::whitelist_of(options.sandbox));
  return store::Store::Settings{.file = folders.state / "recast.db",
                                .lease = std::chrono::seconds(options.scheduler.lease_seconds),
                                .attempts = options.scheduler.attempts,
                                .retention = std::chrono::seconds(options.scheduler.retention_seconds),
                                .upload_time = std::chrono::seconds(options.scheduler.upload_seconds),
                                .jobs_in_flight = options.scheduler.jobs_in_flight,
                                .reserve_bytes = options.server.reserve_bytes,
                                .quota = options.quotas,
                                .credits = options.credits,
                                .prices = std::move(prices),
                                .sandbox_whitelist = std::move(whitelist)};
}

std::vector<http::Listener> listeners(const ServerSettings& settings) {
  std::vector<http::Listener> list{
      {"api", settings.address, static_cast<std::uint16_t>(settings.port), settings.certificate, settings.key}};
  if (settings.sync_port < 0) return list;
  list.push_back(list.front());
  list.back().name = "sync";
  list.back().port = static_cast<std::uint16_t>(settings.sync_port);
  return list;
}

class Running final : public Server {
 public:
  explicit Running(const Options& options) : options_(options), folders_(Folders::below(options.data_folder())) {}
  ~Running() override {
    if (!stopped_) stop();
  }

  Result<> open() {
    fit_to_descriptors(options_.http);
    RECAST_TRY(lock_, lock_folder(folders_.data));
    RECAST_CHECK(folders_.make());
    RECAST_CHECK(event::Deliveries::pauses_of(options_.webhooks));
    RECAST_CHECK(event::NoticeMail::check(options_.mail));
    RECAST_CHECK(http::Server::check(listeners(options_.server)));  // before engines take their seconds to start
    RECAST_CHECK(operations::register_all(operations_));
    options_.storages.transfers().state_folder = folders_.data.string();
    for (const auto& one : options_.storages.operations()) RECAST_CHECK(operations_.add(one));
    RECAST_CHECK(read_rules());
    RECAST_CHECK(check_quotas());
    RECAST_TRY(engines_, Engines::open(options_, folders_));
    operations_.hide_secrets_of(engines_->registry().all());
    RECAST_TRY(auto prices, read_prices());
    RECAST_TRY(auto settings, store_settings(options_, folders_, std::move(prices)));
    RECAST_TRY(store_, store::Store::open(std::move(settings), clock_, random_, host_name()));
    RECAST_CHECK(store_->set_load_classes([this](std::string_view name) { return operations_.load_of(name); }));
    store_->set_visible([this](std::string_view name, const boost::json::object& payload) {
      return api::visible_payload(name, payload, operations_.find(name));
    });
    RECAST_CHECK(open_storage());
    RECAST_TRY(auto secret, store_->secret("url-signing"));
    signer_ = std::make_unique<api::LinkSigner>(std::move(secret));
    store_->on_events([this](const std::vector<store::Event>& events) { bus_.publish(events); });
    start_running();
    RECAST_CHECK(start_listening());
    RECAST_TRY(notice_mail_,
               event::NoticeMail::start(options_.mail, store_->notices(), clock_, options_.api.public_api_url));
    // Last: a start that fails must not have used up the one time the key is shown.
    RECAST_TRY(const auto users, store_->list_users());
    if (users.empty()) {
      RECAST_TRY(first_key_, make_administrator_key(*store_, random_, "first key"));
    }
    say_what_runs();
    return {};
  }

  std::uint16_t port() const override { return http_->port("api"); }
  std::uint16_t sync_port() const override { return options_.server.sync_port < 0 ? 0 : http_->port("sync"); }
  const std::string& first_key() const override { return first_key_; }

  void stop() override {
    stopped_ = true;
    const auto deadline = Deadline::in(std::chrono::seconds(options_.scheduler.shutdown_seconds));
    if (health_) health_->stop();
    // The last requests end while the running tasks do; clients that wait are told of their job as it is.
    std::jthread listening([&] {
      if (http_) http_->stop(deadline);
    });
    if (scheduler_) scheduler_->stop(deadline);
    listening.join();
  }

 private:
  Result<> open_storage() {
    const auto& name = options_.server.storage;
    const auto* driver = options_.storages.find(name);
    if (driver == nullptr)
      return fail(ErrorCode::invalid_data, fmt::format("there is no storage \"{}\"", name), "server.storage");
    RECAST_TRY(auto policies, net::open_policies(options_.outbound, {}));
    storage_net_ = net::make_client(options_.outbound, std::move(policies));
    auto settings = *driver->set;
    if (name == "local") settings["root"] = folders_.files.string();
    RECAST_TRY(auto installation, store_->secret("installation"));
    RECAST_TRY(storage_, driver->open(settings, {storage_net_.get(), folders_.incoming, std::move(installation)}));
    return {};
  }

  /// Of the way out; wrong ones are to be known before engines take their seconds to start.
  Result<> read_rules() {
    std::vector<std::string> outbound;
    for (const auto& [name, one] : operations_.all()) {
      if (one.outbound || one.load == operation::Load::network) outbound.push_back(name);
    }
    outbound.emplace_back(event::Deliveries::kPurpose);
    outbound.emplace_back("login");
    RECAST_TRY(overrides_, net::read_overrides(options_.overrides, outbound));
    const auto policies = net::open_policies(options_.outbound, overrides_);
    return policies ? Result<>() : std::unexpected(policies.error());
  }

  /// As [quotas] says; before engines take their seconds to start.
  Result<> check_quotas() {
    auto checked = api::check_quota(options_.quotas, operations_);
    if (checked) return checked;
    auto error = std::move(checked).error();
    error.field.insert(0, "quotas.");
    return std::unexpected(std::move(error));
  }

  Result<account::Prices> read_prices() const {
    return account::Prices::read(
        options_.prices, [this](std::string_view name) { return operations_.find(name) != nullptr; },
        [this](std::string_view name) { return engines_->registry().find(name) != nullptr; });
  }

  void start_running() {
    executor_ = std::make_unique<execution::Executor>(options_.limits, engines_->runner(), engines_->workers(),
                                                      [this](const execution::StepEnd& end) { metrics_.step(end); });
    task_runner_ = execution::make_task_runner(
        {.operations = operations_,
         .storage = *storage_,
         .net = net_,
         .executor = *executor_,
         .catalogue = [this] { return engines_->catalogue(); },
         .own_file =
             [this](std::string_view url) { return api::own_link(url, options_.api, *signer_, *store_, clock_); },
         .abandon =
             [this](const std::vector<std::string>& keys) {
               if (const auto noted = store_->add_garbage(keys); !noted)
                 log::warning("unwanted files stay until the next start", {{"cause", noted.error().message}});
             },
         .sandbox_refusal =
             [this](UserId user, const std::vector<job::StoredFile>& files) {
               return store_->sandbox_files().refusal(user, files);
             },
         .work = folders_.work});
    scheduler_ = scheduler::Scheduler::start(options_.scheduler, *store_, bus_, *storage_, *task_runner_, clock_,
                                             [this](const auto& end) { metrics_.task(end); });
    health_ = std::make_unique<Health>(options_, folders_, *store_, *engines_, *executor_);
  }

  Result<> start_listening() {
    services_ = std::unique_ptr<api::Services>(new api::Services{
        .settings = options_.api,
        .store = *store_,
        .storage = *storage_,
        .bus = bus_,
        .operations = operations_,
        .net = net_,
        .webhooks = options_.webhooks,
        .mail = options_.mail,
        .login = options_.login,
        .login_net = &login_net_,
        .oauth = options_.oauth,
        .sandbox = options_.sandbox,
        .quotas = options_.quotas,
        .clock = clock_,
        .random = random_,
        .upload_bytes = options_.http.upload_bytes,
        .tasks_per_job = static_cast<std::size_t>(options_.scheduler.tasks_per_job),
        .incoming = folders_.incoming,
        .catalogue = [this] { return engines_->catalogue(); },
        .checks = [this] { return health_->checks(); },
        .metrics =
            [this] {
              return metrics_.text({scheduler_->figures(), http_ ? http_->figures() : http::Server::Figures{},
                                    engines_->workers().status()});
            }});
    api::add_routes(router_, *services_);
    router_.on_exchange([this](const http::Router::Exchange& exchange) { report(exchange); });
    RECAST_TRY(http_, http::Server::start(options_.http, listeners(options_.server), router_));
    RECAST_TRY(auto policies, net::open_policies(options_.outbound, overrides_, {port(), sync_port()}));
    net_.set(net::make_client(options_.outbound, std::move(policies)));
    return open_login_net();
  }

  /// The operator's own provider may be reached wherever it is; what it refers to, by the rules.
  Result<> open_login_net() {
    auto rules = options_.outbound;
    const std::string_view issuer = options_.login.oidc_issuer;
    if (const auto scheme = issuer.find("://"); scheme != std::string_view::npos) {
      const auto host = issuer.substr(scheme + 3);
      rules.allow_hosts.emplace_back(host.substr(0, host.find('/')));
    }
    RECAST_TRY(auto policies, net::open_policies(rules, overrides_, {port(), sync_port()}));
    login_net_.set(net::make_client(rules, std::move(policies)));
    return {};
  }

  void report(const http::Router::Exchange& exchange) {
    metrics_.request(exchange);
    if (!options_.server.access_log) return;
    // The path only: queries carry signatures. The one path that lets in whoever knows it is not told either.
    const bool is_secret = exchange.pattern.starts_with("/invitation/");
    log::info("request", {{"id", exchange.request.id},
                          {"method", exchange.request.method},
                          {"path", is_secret ? exchange.pattern : std::string_view(exchange.request.path)},
                          {"status", exchange.status},
                          {"received", exchange.bytes_received},
                          {"sent", exchange.bytes_sent},
                          {"ms", exchange.duration.count() / 1000},
                          {"peer", exchange.request.remote_address}});
  }

  void say_what_runs() {
    if (engines_->level() != process::JailLevel::full) {
      log::warning("engines run in a weaker jail than full",
                   {{"jail", level_name(engines_->level())}, {"cause", engines_->weaker()}});
    }
    for (const auto& line : engines_->missing()) log::warning("not available", {{"what", line}});
    std::string engines;
    const auto catalogue = engines_->catalogue();
    for (const auto& one : catalogue->installations()) {
      engines += fmt::format("{}{} {}", engines.empty() ? "" : ", ", one.engine->info().name, one.version);
    }
    const auto* const scheme = options_.server.certificate.empty() ? "http" : "https";
    log::info(
        "ready",
        {{"api", fmt::format("{}://{}:{}", scheme, options_.server.address, port())},
         {"sync", sync_port() == 0 ? "none" : fmt::format("{}://{}:{}", scheme, options_.server.address, sync_port())},
         {"data", folders_.data.string()},
         {"jail", level_name(engines_->level())},
         {"engines", engines}});
  }

  // In the order they are built; taken down in reverse.
  Options options_;
  const Folders folders_;
  SystemClock clock_;
  SystemRandom random_;
  Metrics metrics_;
  UniqueFd lock_;
  std::unique_ptr<Engines> engines_;
  operation::Registry operations_;
  net::Overrides overrides_;
  event::Bus bus_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<net::Client> storage_net_;  ///< for our own files; clients' tasks have another
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<api::LinkSigner> signer_;
  LateClient net_;
  LateClient login_net_;
  std::unique_ptr<execution::Executor> executor_;
  std::unique_ptr<scheduler::TaskRunner> task_runner_;
  std::unique_ptr<scheduler::Scheduler> scheduler_;
  std::unique_ptr<event::NoticeMail> notice_mail_;
  std::unique_ptr<Health> health_;
  std::unique_ptr<api::Services> services_;
  http::Router router_;
  std::unique_ptr<http::Server> http_;
  std::string first_key_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Options& options) {
  auto server = std::make_unique<Running>(options);
  RECAST_CHECK(server->open());
  return server;
}

Result<std::string> create_administrator_key(const Options& options) {
  SystemClock clock;
  SystemRandom random;
  const auto folders = Folders::below(options.data_folder());
  if (!fs::exists(folders.state / "recast.db")) {
    return fail(ErrorCode::not_found, fmt::format("{} holds no Recast database", folders.data.string()));
  }
  RECAST_TRY(auto settings, store_settings(options, folders));
  RECAST_TRY(const auto store, store::Store::open(std::move(settings), clock, random, host_name()));
  return make_administrator_key(*store, random, "made by --create-admin-key");
}

}  // namespace recast::server
