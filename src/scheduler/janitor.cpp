#include "scheduler/janitor.hpp"

#include "base/log.hpp"

namespace recast::scheduler {

namespace {
constexpr std::size_t kRowsAtOnce = 50;  // the writer serves others in between
constexpr std::size_t kFilesAtOnce = 200;
constexpr std::size_t kKeysAtOnce = 2000;
}  // namespace

Janitor::Janitor(store::Store& store, storage::Storage& storage, std::chrono::milliseconds interval)
    : store_(store), storage_(storage), interval_(interval), thread_([this] { loop(); }) {}

Janitor::~Janitor() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Janitor::wake() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

bool Janitor::stopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Janitor::loop() {
  std::unique_lock lock(mutex_);
  bool clean = true;
  while (!stopping_) {
    // What could not be removed will not be a moment later either, and there may be very many of it.
    changed_.wait_for(lock, interval_, [&] { return stopping_ || (woken_ && clean); });
    if (stopping_) return;
    woken_ = false;
    lock.unlock();
    clean = false;
    try {
      purge();
      clean = remove_garbage();
    } catch (const std::exception& problem) {
      log::error("cleaning up failed", {{"error", problem.what()}});
    }
    lock.lock();
  }
}

void Janitor::purge() {
  while (!stopping()) {
    const auto removed = store_.purge(kRowsAtOnce);
    if (!removed) log::error("old rows were not removed", {{"error", removed.error().message}});
    if (!removed || (removed->objects == 0 && removed->events == 0)) return;
    log::debug("removed what ended long ago", {{"count", removed->objects}, {"events", removed->events}});
  }
}

bool Janitor::remove_garbage() {
  std::size_t stuck = 0;
  for (std::string last; !stopping();) {
    const auto keys = store_.garbage(kFilesAtOnce, last);
    if (!keys) return false;
    if (keys->empty()) break;
    std::vector<std::string> removed;
    for (const auto& text : *keys) {
      const auto key = storage::Key::parse(text);
      const auto status = key ? storage_.remove(*key) : Result<>();  // what is no key names no file
      if (status)
        removed.push_back(text);
      else if (++stuck == 1)  // the others are counted
        log::warning("a file was not removed", {{"key", text}, {"error", status.error().message}});
    }
    if (!store_.confirm_garbage(removed)) return false;
    last = keys->back();  // past what could not be removed
  }
  if (stuck > 1) log::warning("files were not removed", {{"count", stuck}});
  return stuck == 0;
}

void Janitor::find_orphans(store::Store& store, storage::Storage& storage) {
  std::vector<std::string> batch;
  std::size_t count = 0;
  const auto check = [&]() -> Result<> {
    RECAST_TRY(const auto unknown, store.unknown_keys(batch));
    batch.clear();
    count += unknown.size();
    return store.add_garbage(unknown);
  };
  auto done = storage.list("", [&](const storage::Key& key) -> Result<> {
    batch.push_back(key.str());
    return batch.size() < kKeysAtOnce ? Result<>() : check();
  });
  if (done) done = check();
  if (!done) log::error("stored files could not be checked", {{"error", done.error().message}});
  if (count > 0) log::info("found files that no task owns", {{"count", count}});
}

}  // namespace recast::scheduler
