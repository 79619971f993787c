#include "health.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include "base/log.hpp"

namespace recast::server {

namespace {

constexpr auto kLookEvery = std::chrono::seconds(5);

api::Check look_at_store(store::Store& store) {
  try {
    const auto answer = store.check();
    return {"store", answer.has_value(), answer ? "answers" : answer.error().message};
  } catch (const std::exception& error) {
    log::error("the store does not answer", {{"cause", error.what()}});
    return {"store", false, "does not answer"};
  }
}

api::Check look_at_disk(const fs::path& folder, std::int64_t wanted) {
  struct statvfs disk {};
  const bool known = ::statvfs(folder.c_str(), &disk) == 0;
  const auto free = known ? disk.f_bavail * disk.f_frsize : 0;
  return {"disk", known && free >= static_cast<std::uint64_t>(wanted), fmt::format("{} MiB free", free >> 20)};
}

}  // namespace

Health::Health(const Options& options, const Folders& folders, store::Store& store, Engines& engines,
               execution::Executor& executor)
    : options_(options),
      folders_(folders),
      store_(store),
      engines_(engines),
      prober_(
          executor, [&engines] { return engines.catalogue(); }, folders.work / "probe",
          std::chrono::seconds(options.workers.probe_seconds)) {
  look();
  watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

Health::~Health() { stop(); }

void Health::stop() {
  watcher_.request_stop();
  woken_.notify_all();
  prober_.stop();
}

void Health::look() {
  std::vector<api::Check> found{look_at_store(store_),
                                look_at_disk(folders_.files, options_.server.minimum_free_bytes)};
  const std::lock_guard lock(mutex_);
  latest_ = std::move(found);
}

void Health::watch(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      woken_.wait_for(lock, stop, kLookEvery, [] { return false; });
    }
    if (!stop.stop_requested()) look();
  }
}

std::vector<api::Check> Health::checks() const {
  std::vector<api::Check> result;
  {
    const std::lock_guard lock(mutex_);
    result = latest_;
  }
  const auto& weaker = engines_.weaker();
  result.push_back({"jail", true, std::string(level_name(engines_.level())) + (weaker.empty() ? "" : "; " + weaker)});
  for (const auto& name : engines_.late()) result.push_back({"engine " + name, false, "its worker is not ready"});
  for (const auto& verdict : prober_.verdicts())
    result.push_back({"engine " + verdict.engine, verdict.ok, verdict.detail, !verdict.proven});
  return result;
}

}  // namespace recast::server
