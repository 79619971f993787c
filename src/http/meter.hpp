#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace recast::http {

/// Tells a slow transfer from a stalled one: within each window the position must move by rate * window bytes, and by
/// at least one.
class Meter {
 public:
  Meter(std::chrono::seconds window, int rate)
      : window_(window),
        least_(std::max<std::uint64_t>(
            1, static_cast<std::uint64_t>(window.count()) * static_cast<std::uint64_t>(rate))) {}

  void start(Steady now, std::uint64_t position) {
    deadline_ = now + window_;
    position_ = position;
  }
  /// When to look again.
  Steady deadline() const { return deadline_; }
  /// Before the deadline always false. After it: opens the next window, or says that too little has moved.
  bool is_stalled(Steady now, std::uint64_t position) {
    if (now < deadline_) return false;
    if (position < position_ + least_) return true;
    start(now, position);
    return false;
  }
  /// Time that was ours, not the client's, does not count.
  void forgive(Steady::duration time) { deadline_ += time; }

 private:
  std::chrono::seconds window_;
  std::uint64_t least_;
  std::uint64_t position_ = 0;
  Steady deadline_;
};

}  // namespace recast::http
