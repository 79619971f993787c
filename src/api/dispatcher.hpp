#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace recast::api {

/// A few threads for what follows from an event: event listeners must be quick, so they hand over here. Also the one
/// place that waits for times (heartbeats, throttled updates, re-checks). Work that throws is logged and forgotten.
class Dispatcher {
 public:
  using Work = std::function<void()>;

  explicit Dispatcher(std::size_t threads);
  ~Dispatcher() { stop(); }
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Runs `work` soon on one of the threads. With one thread, in the order of the calls.
  void post(Work work);
  /// Runs `work` at that time or a little later. It cannot be taken back: let it hold a weak_ptr.
  void post_at(Steady at, Work work);
  /// Drops what has not begun, waits for what has, and from then on drops everything. Not from one of its own threads.
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> ready_;
  std::multimap<Steady, Work> later_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace recast::api
