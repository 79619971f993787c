#pragma once

#include <functional>

#include "scheduler/running.hpp"
#include "scheduler/scheduler.hpp"

namespace recast::scheduler {

/// What running one claimed task needs.
struct Surroundings {
  const Settings& settings;
  store::Store& store;
  storage::Storage& storage;
  TaskRunner& runner;
  RunningTasks& running;
  std::stop_token closing;  ///< set when nothing more is waited for
  const std::function<void(const Scheduler::TaskEnd&)>& on_end;
};

/// The time the task may take: its own `timeout` in seconds, at most the server's.
std::chrono::seconds time_for(const job::Task& task, const Settings& settings);

/// Runs a claimed task and records how it ended. `attempt` was added to `running` and is removed when all is done.
void work_on(const store::Claim& claim, Attempt& attempt, const Surroundings& surroundings);

/// Removes files that no row will ever name.
void remove_files(store::Store& store, storage::Storage& storage, const std::vector<job::StoredFile>& files);

}  // namespace recast::scheduler
