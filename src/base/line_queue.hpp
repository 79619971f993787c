#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.hpp"

namespace recast {

/// Lines on their way to a descriptor whose reader may stall: a thread of its own writes them, whoever adds one never
/// waits for it. What does not fit is dropped and counted. Safe from every thread.
class LineQueue {
 public:
  /// At most `most_bytes` wait. `about_dropped` makes the line that tells how many were dropped.
  LineQueue(int fd, std::size_t most_bytes, std::function<std::string(std::size_t)> about_dropped);
  ~LineQueue() { finish(Deadline::in(std::chrono::seconds(2))); }
  LineQueue(const LineQueue&) = delete;
  LineQueue& operator=(const LineQueue&) = delete;

  /// After finish() the caller writes it itself.
  void push(std::string line);
  /// Writes what waits, as far as that goes before the deadline, and ends the thread.
  void finish(Deadline deadline);

 private:
  void run();
  void tell_dropped();
  bool write(std::string_view text);
  bool hopeless();

  const int fd_;
  const std::size_t most_bytes_;
  const std::function<std::string(std::size_t)> about_dropped_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;  ///< of the lines that wait, and of the one being written
  std::size_t dropped_ = 0;
  bool finishing_ = false;
  Steady give_up_ = Steady::max();
  std::thread thread_;
};

}  // namespace recast
