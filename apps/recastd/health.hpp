#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "api/services.hpp"
#include "engines.hpp"
#include "execution/health.hpp"
#include "store/store.hpp"

namespace recast::server {

/// What /readyz says. The store and the disk are looked at on a thread of its own every few seconds, so that a flood of
/// questions costs nothing.
class Health {
 public:
  Health(const Options& options, const Folders& folders, store::Store& store, Engines& engines,
         execution::Executor& executor);
  ~Health();
  /// Ends the probe under way and asks no more. What was found stays.
  void stop();

  std::vector<api::Check> checks() const;

 private:
  void look();
  void watch(const std::stop_token& stop);

  const Options& options_;
  const Folders& folders_;
  store::Store& store_;
  Engines& engines_;
  execution::Prober prober_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::vector<api::Check> latest_;
  std::jthread watcher_;  ///< last: uses all of the above
};

}  // namespace recast::server
