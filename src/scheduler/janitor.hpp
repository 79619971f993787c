#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "storage/storage.hpp"
#include "store/store.hpp"

namespace recast::scheduler {

/// Removes old rows, and files after their rows.
class Janitor {
 public:
  Janitor(store::Store& store, storage::Storage& storage);
  ~Janitor();

  /// Removes stored files that no row names: left by a crash between a file and its row. Only before anything runs and
  /// anything is uploaded, for a file comes before its row then too.
  static void remove_orphans(store::Store& store, storage::Storage& storage);
  /// Rows were removed: their files may go.
  void wake();

 private:
  void loop();
  void purge();
  void remove_garbage();
  bool stopping();

  store::Store& store_;
  storage::Storage& storage_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace recast::scheduler
