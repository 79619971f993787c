#include "scheduler/running.hpp"

namespace recast::scheduler {

void RunningTasks::begin_claim() {
  std::lock_guard lock(mutex_);
  ++claiming_;
}

void RunningTasks::end_claim() {
  std::lock_guard lock(mutex_);
  if (--claiming_ > 0) return;
  gone_tasks_.clear();
  gone_jobs_.clear();
}

std::shared_ptr<Attempt> RunningTasks::add(const store::Claim& claim) {
  auto attempt = std::make_shared<Attempt>();
  attempt->task = claim.task.id;
  attempt->job = claim.task.job_id;
  attempt->number = claim.attempt;
  std::lock_guard lock(mutex_);
  attempts_[{attempt->task, attempt->number}] = attempt;
  if (gone_tasks_.contains(attempt->task) || gone_jobs_.contains(attempt->job)) stop(attempt, Why::gone);
  return attempt;
}

void RunningTasks::remove(const Attempt& attempt) {
  std::lock_guard lock(mutex_);
  attempts_.erase({attempt.task, attempt.number});
  removed_.notify_all();
}

void RunningTasks::stop(const Entry& attempt, Why why) {
  auto expected = Why::none;
  if (!attempt->why.compare_exchange_strong(expected, why)) return;
  stops_.push_back(attempt);
  stops_changed_.notify_all();
}

void RunningTasks::note(const store::Event& event) {
  std::lock_guard lock(mutex_);
  if (event.name == "task.failed" || event.name == "task.deleted") {
    if (claiming_ > 0) gone_tasks_.insert(event.task);
    auto row = attempts_.lower_bound({event.task, 0});
    for (; row != attempts_.end() && row->first.first == event.task; ++row) stop(row->second, Why::gone);
  } else if (event.name == "job.deleted") {
    if (claiming_ > 0) gone_jobs_.insert(event.job);
    for (const auto& [key, attempt] : attempts_) {
      if (attempt->job == event.job) stop(attempt, Why::gone);
    }
  }
}

void RunningTasks::note_gone(const std::vector<TaskId>& tasks) {
  std::lock_guard lock(mutex_);
  for (const auto& task : tasks) {
    // After a long stall two attempts may run here; the older one is the one that is gone.
    auto row = attempts_.lower_bound({task, 0});
    while (row != attempts_.end() && row->first.first == task && row->second->why != Why::none) ++row;
    if (row != attempts_.end() && row->first.first == task) stop(row->second, Why::gone);
  }
}

void RunningTasks::stop_all() {
  std::lock_guard lock(mutex_);
  for (const auto& [key, attempt] : attempts_) stop(attempt, Why::shutdown);
}

std::vector<std::shared_ptr<Attempt>> RunningTasks::take_stops(Steady until) {
  std::unique_lock lock(mutex_);
  stops_changed_.wait_until(lock, until, [&] { return !stops_.empty() || interrupted_; });
  return std::exchange(stops_, {});
}

void RunningTasks::interrupt() {
  std::lock_guard lock(mutex_);
  interrupted_ = true;
  stops_changed_.notify_all();
}

bool RunningTasks::wait_until_empty(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return removed_.wait_for(lock, deadline.left(), [&] { return attempts_.empty(); });
}

std::vector<std::pair<TaskId, int>> RunningTasks::list() const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<TaskId, int>> list;
  for (const auto& [key, attempt] : attempts_) list.push_back(key);
  return list;
}

}  // namespace recast::scheduler
