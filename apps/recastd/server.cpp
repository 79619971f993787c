#include "server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <thread>

#include "account/account.hpp"
#include "api/own_link.hpp"
#include "base/log.hpp"
#include "base/unique_handle.hpp"
#include "execution/detection.hpp"
#include "execution/health.hpp"
#include "execution/task_runner.hpp"
#include "late_client.hpp"
#include "metrics.hpp"
#include "storage/registry.hpp"

namespace recast::server {

namespace {

constexpr mode_t kPrivate = 0700;
constexpr mode_t kPassable = 0711;  // jailed processes of other user ids must reach their own folder in it

/// The folders below the data folder.
struct Folders {
  fs::path state, files, work, incoming, workers;

  static Result<Folders> make(const fs::path& data) {
    const Folders folders{data / "state", data / "files", data / "work", data / "incoming", data / "workers"};
    std::error_code error;
    fs::create_directories(data, error);
    if (error) return std::unexpected(from_errno(error.value(), data.string()));
    fs::remove_all(folders.work, error);  // what a killed server left
    fs::remove_all(folders.incoming, error);
    for (const auto& [folder, mode] : {std::pair(data, kPassable), std::pair(folders.state, kPrivate),
                                       std::pair(folders.files, kPrivate), std::pair(folders.work, kPassable),
                                       std::pair(folders.incoming, kPrivate), std::pair(folders.workers, kPassable)}) {
      fs::create_directories(folder, error);
      if (error) return std::unexpected(from_errno(error.value(), folder.string()));
      if (::chmod(folder.c_str(), mode) != 0) return std::unexpected(from_errno(errno, folder.string()));
    }
    return folders;
  }
};

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

Result<UniqueFd> lock_folder(const fs::path& data) {
  std::error_code error;
  fs::create_directories(data, error);
  UniqueFd file(::open((data / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, (data / "lock").string()));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::conflict, fmt::format("another recastd uses {}", data.string()));
  }
  return file;
}

unsigned parallel_of(int setting) {
  return setting > 0 ? static_cast<unsigned>(setting) : std::max(1U, std::thread::hardware_concurrency());
}

/// The jail to convert with, or why the machine cannot give what is required.
Result<process::JailLevel> choose_jail(const JailSettings& settings, const process::Capability& capability) {
  using process::JailLevel;
  const auto& wanted = settings.require;
  const auto lacking = [&](std::string_view level) {
    return fail(ErrorCode::unavailable,
                fmt::format("jail.require is {}, but this machine gives {} at most: {}", level,
                            level_name(capability.level), capability.reason),
                "jail.require");
  };
  if (wanted == "none") return JailLevel::none;
  if (wanted == "full" && capability.level != JailLevel::full) return lacking("full");
  if (capability.level == JailLevel::none) return lacking(wanted == "auto" ? "at least landlock" : wanted);
  return wanted == "landlock" ? JailLevel::landlock : capability.level;
}

/// A key with every scope, for a user named "admin" who is made if missing.
Result<std::string> make_administrator_key(store::Store& store, Random& random, std::string name) {
  auto user = store.user_by_name("admin");
  if (!user) user = store.create_user("admin", "admin@localhost", true);
  if (!user) return std::unexpected(std::move(user).error());
  auto scopes = account::all_scopes();
  scopes.emplace_back(account::scope::admin);
  auto token = account::new_token(random);
  RECAST_CHECK(store.create_key(user->id, std::move(name), std::move(scopes), token));
  return token;
}

store::Store::Settings store_settings(const Options& options, const Folders& folders) {
  return {.file = folders.state / "recast.db",
          .lease = std::chrono::seconds(options.scheduler.lease_seconds),
          .attempts = options.scheduler.attempts,
          .retention = std::chrono::seconds(options.scheduler.retention_seconds),
          .upload_time = std::chrono::seconds(options.scheduler.upload_seconds),
          .jobs_in_flight = options.scheduler.jobs_in_flight};
}

/// Engines: registry, jail, workers, catalogue.
struct Engines {
  engine::Registry registry;
  process::JailLevel level = process::JailLevel::none;
  std::string weaker;  ///< why the jail is not full
  std::unique_ptr<process::Runner> runner;
  std::unique_ptr<process::Workers> workers;
  std::shared_ptr<const engine::Catalogue> catalogue;
  std::vector<std::string> missing;

  Result<> open(const Options& options, const Folders& folders) {
    RECAST_CHECK(engines::register_all(registry));
    RECAST_TRY(const auto all, execution::candidates(registry, options.engines));
    const auto programs = options.program_folder();
    const auto capability = process::probe(programs / "recast-jail");
    RECAST_TRY(level, choose_jail(options.jail, capability));
    weaker = capability.reason;
    const auto first_uid = static_cast<unsigned>(::geteuid() == 0 ? options.jail.first_uid : 0);
    const auto count = static_cast<unsigned>(options.jail.uid_count);
    // Half of the ids for programs, half for children of resident workers: no two live processes share one.
    RECAST_TRY(runner, process::Runner::open({.jail_program = programs / "recast-jail",
                                              .level = level,
                                              .first_uid = first_uid,
                                              .uid_count = count / 2}));
    const auto installed = execution::present(all, missing);
    auto specs = execution::worker_specs(installed, programs, parallel_of(options.workers.parallel));
    std::erase_if(specs, [&](const auto& spec) {
      const bool lacking = ::access(spec.executable.c_str(), X_OK) != 0;
      if (lacking) missing.push_back(fmt::format("worker {}: {} was not built", spec.name, spec.executable.string()));
      return lacking;
    });
    const auto deadline = Deadline::in(std::chrono::seconds(options.workers.start_seconds));
    RECAST_TRY(workers, process::Workers::open({.scratch = folders.workers,
                                                .level = level,
                                                .first_uid = first_uid == 0 ? 0 : first_uid + count / 2,
                                                .start_timeout = std::chrono::seconds(options.workers.start_seconds)},
                                               std::move(specs)));
    catalogue = std::make_shared<const engine::Catalogue>(
        execution::detect(installed, *runner, *workers, folders.work / "detection", deadline, missing));
    return {};
  }
};

class Running final : public Server {
 public:
  explicit Running(const Options& options) : options_(options) {}
  ~Running() override {
    if (!stopped_) stop();
  }

  Result<> open() {
    const auto data = options_.data_folder();
    RECAST_TRY(lock_, lock_folder(data));
    RECAST_TRY(folders_, Folders::make(data));
    RECAST_CHECK(engines_.open(options_, folders_));
    RECAST_CHECK(operations::register_all(operations_));
    RECAST_TRY(store_, store::Store::open(store_settings(options_, folders_), clock_, random_, host_name()));
    RECAST_CHECK(open_storage());
    RECAST_TRY(const auto users, store_->list_users());
    if (users.empty()) {
      RECAST_TRY(first_key_, make_administrator_key(*store_, random_, "first key"));
    }
    RECAST_TRY(auto secret, store_->secret("url-signing"));
    signer_ = std::make_unique<api::LinkSigner>(std::move(secret));
    store_->on_events([this](const std::vector<store::Event>& events) { bus_.publish(events); });
    start_running();
    RECAST_CHECK(start_listening());
    say_what_runs();
    return {};
  }

  std::uint16_t port() const override { return http_->port("api"); }
  std::uint16_t sync_port() const override { return options_.server.sync_port < 0 ? 0 : http_->port("sync"); }
  const std::string& first_key() const override { return first_key_; }

  void stop() override {
    stopped_ = true;
    const auto deadline = Deadline::in(std::chrono::seconds(options_.scheduler.shutdown_seconds));
    if (prober_) prober_.reset();
    // Waiting clients hear of tasks that end meanwhile: the scheduler goes first, in parallel with the last requests.
    std::jthread listening([&] {
      if (http_) http_->stop(deadline);
    });
    if (scheduler_) scheduler_->stop(deadline);
    listening.join();
  }

 private:
  Result<> open_storage() {
    storage::Registry drivers;
    RECAST_CHECK(storages::register_all(drivers));
    const auto* driver = drivers.find("local");
    if (driver == nullptr) return fail(ErrorCode::internal, "the storage driver local is not in this build");
    RECAST_TRY(storage_, driver->open({{"root", folders_.files.string()}}));
    return {};
  }

  void start_running() {
    executor_ = std::make_unique<execution::Executor>(options_.limits, *engines_.runner, *engines_.workers,
                                                      [this](const execution::StepEnd& end) { metrics_.step(end); });
    task_runner_ = execution::make_task_runner(
        {.operations = operations_,
         .storage = *storage_,
         .net = net_,
         .executor = *executor_,
         .catalogue = [this] { return engines_.catalogue; },
         .own_file =
             [this](std::string_view url) { return api::own_link(url, options_.api, *signer_, *store_, clock_); },
         .work = folders_.work});
    scheduler_ = scheduler::Scheduler::start(options_.scheduler, *store_, bus_, *storage_, *task_runner_, clock_,
                                             [this](const auto& end) { metrics_.task(end); });
    prober_ = std::make_unique<execution::Prober>(
        *executor_, [this] { return engines_.catalogue; }, folders_.work / "probe",
        std::chrono::seconds(options_.workers.probe_seconds));
  }

  Result<> start_listening() {
    services_ = std::unique_ptr<api::Services>(new api::Services{
        .settings = options_.api,
        .store = *store_,
        .storage = *storage_,
        .bus = bus_,
        .operations = operations_,
        .clock = clock_,
        .random = random_,
        .upload_bytes = options_.http.upload_bytes,
        .tasks_per_job = static_cast<std::size_t>(options_.scheduler.tasks_per_job),
        .incoming = folders_.incoming,
        .catalogue = [this] { return engines_.catalogue; },
        .checks = [this] { return checks(); },
        .metrics =
            [this] {
              return metrics_.text({scheduler_->figures(), http_ ? http_->figures() : http::Server::Figures{},
                                    engines_.workers->status()});
            }});
    api::add_routes(router_, *services_);
    router_.on_exchange([this](const http::Router::Exchange& exchange) { report(exchange); });
    std::vector<http::Listener> listeners{{"api", options_.server.address,
                                           static_cast<std::uint16_t>(options_.server.port),
                                           options_.server.certificate, options_.server.key}};
    if (options_.server.sync_port >= 0) {
      listeners.push_back(listeners.front());
      listeners.back().name = "sync";
      listeners.back().port = static_cast<std::uint16_t>(options_.server.sync_port);
    }
    RECAST_TRY(http_, http::Server::start(options_.http, std::move(listeners), router_));
    RECAST_TRY(auto policy, net::Policy::open(options_.outbound, {port(), sync_port()}));
    net_.set(net::make_client(options_.outbound, std::move(policy)));
    return {};
  }

  void report(const http::Router::Exchange& exchange) {
    metrics_.request(exchange);
    if (!options_.server.access_log) return;
    // The path only: queries carry signatures.
    log::info("request", {{"id", exchange.request.id},
                          {"method", exchange.request.method},
                          {"path", exchange.request.path},
                          {"status", exchange.status},
                          {"received", exchange.bytes_received},
                          {"sent", exchange.bytes_sent},
                          {"ms", exchange.duration.count() / 1000},
                          {"peer", exchange.request.remote_address}});
  }

  std::vector<api::Check> checks() {
    std::vector<api::Check> result;
    const auto store = store_->check();
    result.push_back({"store", store.has_value(), store ? "answers" : store.error().message});
    struct statvfs disk {};
    const bool known = ::statvfs(folders_.files.c_str(), &disk) == 0;
    const auto free = known ? disk.f_bavail * disk.f_frsize : 0;
    result.push_back({"disk", known && free >= static_cast<std::uint64_t>(options_.server.minimum_free_bytes),
                      fmt::format("{} MiB free", free >> 20)});
    result.push_back(
        {"jail", true,
         std::string(level_name(engines_.level)) + (engines_.weaker.empty() ? "" : "; " + engines_.weaker)});
    for (const auto& verdict : prober_->verdicts())
      result.push_back({"engine " + verdict.engine, verdict.ok, verdict.detail});
    return result;
  }

  void say_what_runs() {
    if (engines_.level != process::JailLevel::full) {
      log::warning("engines run in a weaker jail than full",
                   {{"jail", level_name(engines_.level)}, {"cause", engines_.weaker}});
    }
    for (const auto& line : engines_.missing) log::warning("not available", {{"what", line}});
    std::string engines;
    for (const auto& one : engines_.catalogue->installations()) {
      engines += fmt::format("{}{} {}", engines.empty() ? "" : ", ", one.engine->info().name, one.version);
    }
    const auto* const scheme = options_.server.certificate.empty() ? "http" : "https";
    log::info(
        "ready",
        {{"api", fmt::format("{}://{}:{}", scheme, options_.server.address, port())},
         {"sync", sync_port() == 0 ? "none" : fmt::format("{}://{}:{}", scheme, options_.server.address, sync_port())},
         {"data", options_.data_folder().string()},
         {"jail", level_name(engines_.level)},
         {"engines", engines}});
  }

  // In the order they are built; taken down in reverse.
  const Options options_;
  SystemClock clock_;
  SystemRandom random_;
  Metrics metrics_;
  UniqueFd lock_;
  Folders folders_;
  Engines engines_;
  operation::Registry operations_;
  event::Bus bus_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<api::LinkSigner> signer_;
  LateClient net_;
  std::unique_ptr<execution::Executor> executor_;
  std::unique_ptr<scheduler::TaskRunner> task_runner_;
  std::unique_ptr<scheduler::Scheduler> scheduler_;
  std::unique_ptr<execution::Prober> prober_;
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
  const Folders folders{.state = options.data_folder() / "state"};
  if (!fs::exists(folders.state / "recast.db")) {
    return fail(ErrorCode::not_found, fmt::format("{} holds no Recast database", options.data_folder().string()));
  }
  RECAST_TRY(const auto store, store::Store::open(store_settings(options, folders), clock, random, host_name()));
  return make_administrator_key(*store, random, "made by --create-admin-key");
}

int doctor(const Options& options) {
  const auto programs = options.program_folder();
  const auto capability = process::probe(programs / "recast-jail");
  fmt::print("isolation   {}{}\n", level_name(capability.level),
             capability.reason.empty() ? "" : " (" + capability.reason + ")");
  fmt::print("user        {}\n", ::geteuid() == 0 ? "root: each engine process gets a user id of its own"
                                                  : "not root: engines run in user namespaces");
  const auto data = options.data_folder();
  fmt::print("data        {}\n", data.string());
  engine::Registry registry;
  std::vector<std::string> missing;
  const auto registered = engines::register_all(registry);
  const auto all = registered ? execution::candidates(registry, options.engines) : std::unexpected(registered.error());
  if (!all) {
    fmt::print("engines     {}: {}\n", all.error().field, all.error().message);
    return 1;
  }
  for (const auto& candidate : execution::present(*all, missing)) {
    fmt::print("engine      {} {}\n", candidate.engine->info().name,
               candidate.prefix.empty() ? "(system)" : candidate.prefix);
  }
  for (const auto& line : missing) fmt::print("missing     {}\n", line);
  return capability.level == process::JailLevel::none || !missing.empty() ? 1 : 0;
}

}  // namespace recast::server
