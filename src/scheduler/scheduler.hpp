#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/bus.hpp"
#include "schema/field.hpp"
#include "storage/storage.hpp"
#include "store/store.hpp"

namespace recast::scheduler {

/// Settings section "scheduler".
struct Settings {
  int cpu_tasks = 0;
  int network_tasks = 16;
  int light_tasks = 4;
  int user_share_percent = 50;
  int lease_seconds = 60;
  int attempts = 3;
  int task_seconds = 18000;
  int shutdown_seconds = 30;
  int retention_seconds = 86400;
  int upload_seconds = 21600;
  int jobs_in_flight = 1000;
  int tasks_per_job = 1000;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::cpu_tasks, "cpu_tasks", "Tasks that work with an engine at once; 0: one per core.",
                    {.min = 0, .max = 1024}),
      schema::field(&Settings::network_tasks, "network_tasks", "Imports and exports over the network at once.",
                    {.min = 1, .max = 4096}),
      schema::field(&Settings::light_tasks, "light_tasks", "Short tasks of the server's own at once.",
                    {.min = 1, .max = 1024}),
      schema::field(&Settings::user_share_percent, "user_share_percent",
                    "Share of the tasks above, each kind by itself, that one user may run while others wait.",
                    {.min = 1, .max = 100}),
      schema::field(&Settings::lease_seconds, "lease_seconds", "How long a claim of a task lasts without renewal.",
                    {.min = 3, .max = 3600}),
      schema::field(&Settings::attempts, "attempts", "How often a task is started before it ends with WORKER_LOST.",
                    {.min = 1, .max = 100}),
      schema::field(&Settings::task_seconds, "task_seconds", "Default and largest `timeout` of a task.", {.min = 1}),
      schema::field(&Settings::shutdown_seconds, "shutdown_seconds",
                    "How long running tasks may go on after SIGTERM before they are put back.", {.min = 0}),
      schema::field(&Settings::retention_seconds, "retention_seconds",
                    "Rows and files vanish this long after a job's or task's end.", {.min = 1}),
      schema::field(&Settings::upload_seconds, "upload_seconds",
                    "An upload that has not come after this time fails its task.", {.min = 1}),
      schema::field(&Settings::jobs_in_flight, "jobs_in_flight",
                    "Jobs and standalone tasks of one user that have not ended; more are refused with 402.",
                    {.min = 1}),
      schema::field(&Settings::tasks_per_job, "tasks_per_job", "Tasks in one job; more are refused with 422.",
                    {.min = 1, .max = 100000}),
  };
};

/// Runs one claimed task to its end on the calling thread: gives it a work folder, its inputs and its operation, stores
/// its output files, cleans up. Made by module `execution`. Safe from many threads.
class TaskRunner {
 public:
  virtual ~TaskRunner() = default;
  /// The Ending to record. An Error worker_lost means "try again" (store.lost).
  virtual store::Ending run(const store::Claim& claim, Deadline deadline, std::stop_token stop,
                            std::function<void(int percent, std::string_view message)> progress) = 0;
};

/// Claims ready tasks per load class, runs each on a worker thread, records how it ended, renews leases, reclaims lost
/// tasks, stops cancelled ones, purges old rows and files.
class Scheduler {
 public:
  struct Figures {
    store::QueueDepth cpu, network, light;
  };
  /// One ended task, for metrics.
  struct TaskEnd {
    std::string operation, engine, outcome;  ///< outcome: "finished" or the error code
    std::chrono::microseconds duration{};
  };
  static std::unique_ptr<Scheduler> start(Settings settings, store::Store& store, event::Bus& bus,
                                          storage::Storage& storage, TaskRunner& runner, const Clock& clock,
                                          std::function<void(const TaskEnd&)> on_end);
  virtual ~Scheduler() = default;  ///< stops at once if it has not been stopped
  /// There may be something to claim. Cheap, from any thread.
  virtual void wake() = 0;
  /// Claims nothing more, waits for running tasks until the deadline, then stops the rest and puts them back.
  virtual void stop(Deadline deadline) = 0;
  virtual Figures figures() const = 0;
};

}  // namespace recast::scheduler
