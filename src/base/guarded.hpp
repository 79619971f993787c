#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

namespace recast {

/// A value welded to its mutex: it is reached only inside a callback that runs with the lock held.
template <class T>
class Guarded {
 public:
  template <class... Args>
  explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}

  template <class F>
  decltype(auto) with(F&& callback) {
    std::lock_guard lock(mutex_);
    return std::forward<F>(callback)(value_);
  }
  template <class F>
  decltype(auto) with(F&& callback) const {
    std::lock_guard lock(mutex_);
    return std::forward<F>(callback)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace recast
