#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace recast {

/// Wall clock time, UTC, microseconds: what is stored and shown.
using Time = std::chrono::sys_time<std::chrono::microseconds>;
/// Monotonic time: what deadlines are measured with.
using Steady = std::chrono::steady_clock::time_point;

/// Where time comes from. Safe to call from every thread. Tests pass a FakeClock.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual Steady steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
  Steady steady() const override;
};

/// Stands still until it is moved, by any thread. For tests.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start = Time(std::chrono::seconds(1'772'600'767)))
      : micros_(start.time_since_epoch().count()) {}
  Time now() const override { return Time(std::chrono::microseconds(micros_)); }
  Steady steady() const override { return Steady(now().time_since_epoch()); }
  void advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
  std::atomic<std::int64_t> micros_;
};

/// A point in monotonic time after which a wait gives up.
class Deadline {
 public:
  static Deadline never() { return Deadline(Steady::max()); }
  static Deadline in(std::chrono::milliseconds duration) {
    return Deadline(std::chrono::steady_clock::now() + duration);
  }
  explicit Deadline(Steady at) : at_(at) {}

  Steady at() const { return at_; }
  bool expired() const { return std::chrono::steady_clock::now() >= at_; }
  /// Time left, never negative; `cap` if there is more.
  std::chrono::milliseconds left(std::chrono::milliseconds cap = std::chrono::hours(24)) const;

 private:
  Steady at_;
};

/// "2026-03-04T05:06:07+00:00", the form of every time on the wire (core.md 2).
std::string format_time(Time time);
/// "Wed, 04 Mar 2026 05:06:07 GMT" (RFC 9110 5.6.7).
std::string format_http_date(Time time);

/// Microseconds since 1970: how the store keeps a time.
inline std::int64_t to_micros(Time time) { return time.time_since_epoch().count(); }
inline Time from_micros(std::int64_t micros) { return Time(std::chrono::microseconds(micros)); }
inline std::int64_t to_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace recast
