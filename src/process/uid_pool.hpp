#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace recast::process {

/// Uids for running programs; two running ones never share one. Safe from every thread.
class UidPool {
 public:
  /// `first` 0: programs keep the server's uid, and there is nothing to wait for.
  UidPool(unsigned first, unsigned count);

  class Lease {
   public:
    Lease(UidPool& pool, unsigned uid) : pool_(&pool), uid_(uid) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), uid_(other.uid_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr && uid_ != 0) pool_->give_back(uid_);
    }
    unsigned uid() const { return uid_; }  ///< 0: keep the uid

   private:
    UidPool* pool_;
    unsigned uid_;
  };
  /// Nothing if none came free before the deadline or the stop request.
  std::optional<Lease> take(Deadline deadline, const std::stop_token& stop);

 private:
  void give_back(unsigned uid);
  const bool active_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<unsigned> free_;  // guarded by mutex_
};

}  // namespace recast::process
