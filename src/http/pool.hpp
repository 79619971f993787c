#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace recast::http {

/// Threads that run what may block: handlers, sinks, files. Work must not throw.
class Pool {
 public:
  using Work = std::move_only_function<void()>;

  explicit Pool(int threads);
  ~Pool() { join(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// False, and nothing done, if more than `limit` calls wait already.
  bool try_post(Work work, std::size_t limit);
  /// For work that was admitted before: at most one per connection waits.
  void post(Work work);
  /// Runs what waits to its end, then ends the threads. No post may come afterwards.
  void join();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> waiting_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace recast::http
