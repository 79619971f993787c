#include "scheduler/scheduler.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "scheduler/janitor.hpp"
#include "scheduler/lane.hpp"

namespace recast::scheduler {

namespace {

std::size_t cpu_workers(const Settings& settings) {
  if (settings.cpu_tasks > 0) return static_cast<std::size_t>(settings.cpu_tasks);
  return std::max(1U, std::thread::hardware_concurrency());
}

/// How many of a lane's workers one user may have while others wait: rounded up, so that two with half each leave none
/// idle, and at least one.
std::size_t share_of(std::size_t workers, int percent) {
  return std::max<std::size_t>(1, (workers * static_cast<std::size_t>(percent) + 99) / 100);
}

class Threads final : public Scheduler {
 public:
  Threads(Settings settings, store::Store& store, event::Bus& bus, storage::Storage& storage, TaskRunner& runner,
          std::function<void(const TaskEnd&)> on_end)
      : settings_(settings), store_(store), on_end_(std::move(on_end)), janitor_(store, storage) {
    const Surroundings around{settings_, store, storage, runner, running_, closing_.get_token(), on_end_};
    const auto add = [&](operation::Load load, std::size_t workers) {
      lanes_.push_back(std::make_unique<Lane>(load, workers, share_of(workers, settings.user_share_percent), around));
    };
    // In the order of the enumerators, by which hear() finds them.
    add(operation::Load::cpu, cpu_workers(settings));
    add(operation::Load::network, static_cast<std::size_t>(settings.network_tasks));
    add(operation::Load::light, static_cast<std::size_t>(settings.light_tasks));
    warden_ = std::thread([this] { guard_loop(); });
    subscription_ = bus.subscribe([this](const store::Event& event) { hear(event); });
    wake();  // for what came before the subscription
  }

  ~Threads() override { stop(Deadline::in(std::chrono::milliseconds(0))); }

  void wake() override {
    for (const auto& lane : lanes_) lane->wake();
  }

  void stop(Deadline deadline) override {
    std::lock_guard lock(stopping_);
    if (std::exchange(stopped_, true)) return;
    subscription_ = {};  // from here on nobody calls wake() through an event
    for (const auto& lane : lanes_) lane->close();
    if (!running_.wait_until_empty(deadline)) {
      closing_.request_stop();
      running_.stop_all();
    }
    for (const auto& lane : lanes_) lane->join();  // the warden still renews, and stops those that stop_all() named
    closing_.request_stop();
    running_.interrupt();
    warden_.join();
  }

  Figures figures() const override {
    const auto depth = [&](operation::Load load) { return store_.depth(load).value_or(store::QueueDepth{}); };
    return {depth(operation::Load::cpu), depth(operation::Load::network), depth(operation::Load::light)};
  }

 private:
  /// On the store's writer thread: nothing here may wait.
  void hear(const store::Event& event) {
    running_.note(event);
    for (const auto load : event.ready) lanes_.at(static_cast<std::size_t>(load))->wake();
    if (event.name.ends_with(".deleted")) janitor_.wake();
  }

  /// Stops what is cancelled or deleted, renews the leases of the rest, and takes back what others lost.
  void guard_loop() {
    const auto interval = std::chrono::milliseconds(settings_.lease_seconds * 1000 / 3);
    auto next = std::chrono::steady_clock::now() + interval;
    while (!done()) {
      for (const auto& attempt : running_.take_stops(next)) attempt->stop.request_stop();
      if (std::chrono::steady_clock::now() < next) continue;
      next = std::chrono::steady_clock::now() + interval;
      try {
        renew();
      } catch (const std::exception& problem) {
        log::error("leases were not renewed", {{"error", problem.what()}});
      }
    }
  }

  void renew() {
    const auto gone = store_.renew(running_.list());
    if (gone)
      running_.note_gone(*gone);
    else
      log::error("leases were not renewed", {{"error", gone.error().message}});
    const auto reclaimed = store_.reclaim(store::Store::Reclaim::expired);
    if (reclaimed && *reclaimed > 0) log::warning("took back tasks that were lost", {{"count", *reclaimed}});
  }

  bool done() const { return closing_.stop_requested() && running_.list().empty(); }

  const Settings settings_;
  store::Store& store_;
  const std::function<void(const TaskEnd&)> on_end_;
  RunningTasks running_;
  std::stop_source closing_;
  Janitor janitor_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::thread warden_;
  std::mutex stopping_;
  bool stopped_ = false;
  event::Bus::Subscription subscription_;
};

}  // namespace

std::unique_ptr<Scheduler> Scheduler::start(Settings settings, store::Store& store, event::Bus& bus,
                                            storage::Storage& storage, TaskRunner& runner, const Clock&,
                                            std::function<void(const TaskEnd&)> on_end) {
  // What a former process left: its tasks run again, its files without rows go.
  const auto reclaimed = store.reclaim(store::Store::Reclaim::former_runs);
  if (!reclaimed)
    log::error("tasks were not taken back", {{"error", reclaimed.error().message}});
  else if (*reclaimed > 0)
    log::info("took back tasks of the last run", {{"count", *reclaimed}});
  Janitor::find_orphans(store, storage);
  return std::make_unique<Threads>(settings, store, bus, storage, runner, std::move(on_end));
}

}  // namespace recast::scheduler
