#include "scheduler/lane.hpp"

#include "base/log.hpp"

namespace recast::scheduler {

Lane::Lane(operation::Load load, std::size_t workers, std::size_t per_user, Surroundings surroundings)
    : load_(load), per_user_(per_user), around_(std::move(surroundings)), free_(workers) {
  threads_.reserve(workers + 1);
  threads_.emplace_back([this] { claim_loop(); });
  for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work_loop(); });
}

Lane::~Lane() {
  close();
  join();
}

void Lane::join() {
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void Lane::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  for_claimer_.notify_one();
}

void Lane::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (auto& job : ready_) {  // a worker takes each, finds it stopped, and puts it back
    auto expected = Why::none;
    job.attempt->why.compare_exchange_strong(expected, Why::shutdown);
  }
  for_claimer_.notify_all();
}

std::vector<store::Claim> Lane::claim(std::size_t count) {
  try {
    auto claims = around_.store.claim(load_, count, per_user_);
    if (claims) return *std::move(claims);
    log::error("no task could be claimed", {{"error", claims.error().message}});
  } catch (const std::exception& problem) {
    log::error("no task could be claimed", {{"error", problem.what()}});
  }
  return {};
}

void Lane::claim_loop() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    // The second is for what no event tells of: another server's tasks, an expired lease.
    for_claimer_.wait_for(lock, std::chrono::seconds(1), [&] { return closed_ || (woken_ && free_ > 0); });
    if (closed_) break;
    if (free_ == 0) continue;
    woken_ = false;
    const auto count = free_;
    free_ -= count;
    lock.unlock();
    around_.running.begin_claim();
    std::vector<Job> jobs;
    for (auto& one : claim(count)) {
      auto attempt = around_.running.add(one);
      jobs.push_back({std::move(one), std::move(attempt)});
    }
    around_.running.end_claim();
    lock.lock();
    free_ += count - jobs.size();
    if (jobs.size() == count) woken_ = true;  // there may be more
    for (auto& job : jobs) {
      auto expected = Why::none;
      if (closed_) job.attempt->why.compare_exchange_strong(expected, Why::shutdown);
      ready_.push_back(std::move(job));
    }
    for_workers_.notify_all();
  }
  claimer_done_ = true;  // only now can nothing more come
  for_workers_.notify_all();
}

void Lane::work_loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    for_workers_.wait(lock, [&] { return claimer_done_ || !ready_.empty(); });
    if (ready_.empty()) return;
    auto job = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    try {
      work_on(job.claim, *job.attempt, around_);
    } catch (const std::exception& problem) {
      log::error("a worker failed", {{"task", job.claim.task.id.str()}, {"error", problem.what()}});
      around_.running.remove(*job.attempt);
    }
    lock.lock();
    ++free_;
    woken_ = true;
    for_claimer_.notify_one();
  }
}

}  // namespace recast::scheduler
