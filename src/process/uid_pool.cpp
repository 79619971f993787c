#include "process/uid_pool.hpp"

#include <algorithm>
#include <chrono>

namespace recast::process {

UidPool::UidPool(unsigned first, unsigned count) : active_(first != 0) {
  for (unsigned i = count; active_ && i > 0; --i) free_.push_back(first + i - 1);
}

std::optional<UidPool::Lease> UidPool::take(Deadline deadline, const std::stop_token& stop) {
  if (!active_) return Lease(*this, 0);
  std::unique_lock lock(mutex_);
  const auto at = std::chrono::steady_clock::now() + deadline.left();
  if (!freed_.wait_until(lock, stop, at, [&] { return !free_.empty(); })) return std::nullopt;
  const auto uid = free_.back();
  free_.pop_back();
  return Lease(*this, uid);
}

void UidPool::give_back(unsigned uid) {
  {
    const std::lock_guard lock(mutex_);
    free_.insert(free_.begin(), uid);  // used last: what a dead program left has time to go away
  }
  freed_.notify_one();
}

}  // namespace recast::process
