#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "store/store.hpp"

namespace recast::scheduler {

/// Why a running task was told to stop.
enum class Why { none, gone, shutdown };

/// One attempt that runs in this process.
struct Attempt {
  TaskId task;
  JobId job;
  int number = 0;
  std::stop_source stop;
  std::atomic<Why> why = Why::none;
};

/// What runs here, and what of it is to be stopped. Events come in on the store's writer thread, which must not wait
/// for children to die: it only leaves a note, and whoever calls take_stops() does the work. Safe from many threads.
class RunningTasks {
 public:
  /// Between these two, notes about tasks that are not known yet are kept: a task may be cancelled between its claim
  /// and add().
  void begin_claim();
  void end_claim();
  std::shared_ptr<Attempt> add(const store::Claim& claim);
  void remove(const Attempt& attempt);

  void note(const store::Event& event);
  /// The store does not know these any more; one entry for each attempt.
  void note_gone(const std::vector<TaskId>& tasks);
  void stop_all();

  /// Attempts to be stopped now; waits for one until `until` or interrupt().
  std::vector<std::shared_ptr<Attempt>> take_stops(Steady until);
  void interrupt();
  /// Whether all have ended by then.
  bool wait_until_empty(Deadline deadline);
  std::vector<std::pair<TaskId, int>> list() const;

 private:
  using Entry = std::shared_ptr<Attempt>;
  void stop(const Entry& attempt, Why why);

  mutable std::mutex mutex_;
  std::condition_variable stops_changed_;
  std::condition_variable removed_;
  std::map<std::pair<TaskId, int>, Entry> attempts_;
  std::vector<Entry> stops_;
  int claiming_ = 0;
  std::set<TaskId> gone_tasks_;  ///< noted while a claim was under way
  std::set<JobId> gone_jobs_;
  bool interrupted_ = false;
};

}  // namespace recast::scheduler
