#include "engines.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.hpp"

namespace recast::server {

namespace {

constexpr auto kLookEvery = std::chrono::seconds(2);

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

bool is_in(const engine::Catalogue& catalogue, const execution::Candidate& candidate) {
  return std::ranges::any_of(catalogue.installations(), [&](const auto& one) {
    return one.engine == candidate.engine && one.prefix == candidate.prefix;
  });
}

}  // namespace

Engines::Engines(const Options& options, const Folders& folders) : options_(options), folders_(folders) {}

Engines::~Engines() {
  watcher_.request_stop();
  woken_.notify_all();
}

Result<std::unique_ptr<Engines>> Engines::open(const Options& options, const Folders& folders) {
  std::unique_ptr<Engines> engines(new Engines(options, folders));
  RECAST_CHECK(engines->prepare());
  engines->detect(Deadline::in(std::chrono::seconds(options.workers.start_seconds)));
  auto* const self = engines.get();
  self->watcher_ = std::jthread([self](const std::stop_token& stop) { self->watch(stop); });
  return engines;
}

Result<> Engines::prepare() {
  RECAST_CHECK(engines::register_all(registry_));
  RECAST_TRY(const auto all, execution::candidates(registry_, options_.engines));
  const auto programs = options_.program_folder();
  const auto capability = process::probe(programs / "recast-jail");
  RECAST_TRY(level_, choose_jail(options_.jail, capability));
  weaker_ = capability.reason;
  const bool root = ::geteuid() == 0;
  if (root && level_ != process::JailLevel::full) RECAST_CHECK(folders_.open_to_jails());
  installed_ = execution::present(all, absent_);
  auto specs = execution::worker_specs(installed_, programs, parallel_of(options_.workers.parallel));
  std::erase_if(specs, [&](const auto& spec) {
    const bool lacking = ::access(spec.executable.c_str(), X_OK) != 0;
    if (lacking) absent_.push_back(fmt::format("worker {}: {} was not built", spec.name, spec.executable.string()));
    return lacking;
  });
  // The first ids are for programs, the others for children of resident workers: no two live processes share one.
  RECAST_TRY(const auto uids, options_.jail.uids(static_cast<unsigned>(specs.size()) * process::kUidsOfAWorker));
  RECAST_TRY(runner_, process::Runner::open({.jail_program = programs / "recast-jail",
                                             .level = level_,
                                             .first_uid = root ? uids.programs : 0,
                                             .uid_count = uids.program_count}));
  RECAST_TRY(workers_, process::Workers::open({.scratch = folders_.workers,
                                               .level = level_,
                                               .first_uid = root ? uids.workers : 0,
                                               .start_timeout = std::chrono::seconds(options_.workers.start_seconds)},
                                              std::move(specs)));
  return {};
}

void Engines::detect(Deadline deadline) {
  std::vector<std::string> undetected;
  auto found = std::make_shared<const engine::Catalogue>(
      execution::detect(installed_, *runner_, *workers_, folders_.work / "detection", deadline, undetected));
  std::vector<std::string> late;
  for (const auto& candidate : installed_) {
    if (!is_in(*found, candidate)) late.push_back(candidate.engine->info().name);
  }
  const std::lock_guard lock(mutex_);
  catalogue_ = std::move(found);
  undetected_ = std::move(undetected);
  late_ = std::move(late);
}

/// Whether an engine that is not in the catalogue could be by now.
bool Engines::is_late() const {
  const auto known = catalogue();
  const auto status = workers_->status();
  const auto ready = [&](const std::string& name) {
    return std::ranges::any_of(status, [&](const auto& one) { return one.name == name && one.ready; });
  };
  return std::ranges::any_of(installed_, [&](const auto& candidate) {
    return !is_in(*known, candidate) && !candidate.workers.empty() && std::ranges::all_of(candidate.workers, ready);
  });
}

void Engines::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
    try {
      if (stop.stop_requested() || !is_late()) continue;
      detect(Deadline::in(std::chrono::seconds(5)));
      log::info("an engine that was late is there", {{"engines", catalogue()->installations().size()}});
    } catch (const std::exception& error) {
      log::error("engines could not be looked for", {{"cause", error.what()}});
    }
  }
}

std::shared_ptr<const engine::Catalogue> Engines::catalogue() const {
  const std::lock_guard lock(mutex_);
  return catalogue_;
}

std::vector<std::string> Engines::missing() const {
  const std::lock_guard lock(mutex_);
  auto all = absent_;
  all.insert(all.end(), undetected_.begin(), undetected_.end());
  return all;
}

std::vector<std::string> Engines::late() const {
  const std::lock_guard lock(mutex_);
  return late_;
}

}  // namespace recast::server
