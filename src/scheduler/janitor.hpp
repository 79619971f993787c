#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "storage/storage.hpp"
#include "store/store.hpp"

namespace recast::scheduler {

/// Removes old rows, and files after their rows: in rounds, each of which goes on until nothing more is to be done.
class Janitor {
 public:
  static constexpr std::chrono::seconds kInterval{30};
  Janitor(store::Store& store, storage::Storage& storage, std::chrono::milliseconds interval = kInterval);
  ~Janitor();

  /// Finds stored files that no row names, left by a crash between a file and its row; they become garbage, which a
  /// round removes. Only before anything runs and anything is uploaded, for a file comes before its row then too.
  static void find_orphans(store::Store& store, storage::Storage& storage);
  /// Rows were removed: their files may go. Heard only at the next interval if some files could not be removed.
  void wake();

 private:
  void loop();
  void purge();
  /// False if some files could not be removed.
  bool remove_garbage();
  bool stopping();

  store::Store& store_;
  storage::Storage& storage_;
  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace recast::scheduler
