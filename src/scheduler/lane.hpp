#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "operation/operation.hpp"
#include "scheduler/work.hpp"

namespace recast::scheduler {

/// One load class: a thread that claims as many tasks as there are free workers, and the workers.
class Lane {
 public:
  /// `per_user` of the workers at most for one user while others wait.
  Lane(operation::Load load, std::size_t workers, std::size_t per_user, Surroundings surroundings);
  ~Lane();
  /// There may be something to claim. Cheap.
  void wake();
  /// Claims nothing more and puts back what no worker has begun.
  void close();
  /// Waits for the workers' tasks to end. Once, after close().
  void join();

 private:
  struct Job {
    store::Claim claim;
    std::shared_ptr<Attempt> attempt;
  };
  void claim_loop();
  std::vector<store::Claim> claim(std::size_t count);
  void work_loop();

  const operation::Load load_;
  const std::size_t per_user_;
  const Surroundings around_;
  std::mutex mutex_;
  std::condition_variable for_claimer_;
  std::condition_variable for_workers_;
  std::deque<Job> ready_;
  std::size_t free_;
  bool woken_ = true;
  bool closed_ = false;
  bool claimer_done_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace recast::scheduler
