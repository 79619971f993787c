#include "scheduler/janitor.hpp"

#include "base/log.hpp"

namespace recast::scheduler {

namespace {
constexpr std::chrono::seconds kInterval{30};
constexpr std::size_t kRowsAtOnce = 50;  // the writer serves others in between
constexpr std::size_t kFilesAtOnce = 200;
}  // namespace

Janitor::Janitor(store::Store& store, storage::Storage& storage)
    : store_(store), storage_(storage), thread_([this] { loop(); }) {}

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
  while (!stopping_) {
    changed_.wait_for(lock, kInterval, [&] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    lock.unlock();
    try {
      purge();
      remove_garbage();
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
    if (!removed || *removed == 0) return;
    log::debug("removed what ended long ago", {{"count", *removed}});
  }
}

void Janitor::remove_garbage() {
  while (!stopping()) {
    const auto keys = store_.garbage(kFilesAtOnce);
    if (!keys || keys->empty()) return;
    std::vector<std::string> removed;
    for (const auto& text : *keys) {
      const auto key = storage::Key::parse(text);
      const auto status = key ? storage_.remove(*key) : Result<>();  // what is no key names no file
      if (status)
        removed.push_back(text);
      else
        log::warning("a file was not removed", {{"key", text}, {"error", status.error().message}});
    }
    const auto confirmed = store_.confirm_garbage(removed);
    if (!confirmed || removed.size() < keys->size()) return;  // again in the next round
  }
}

void Janitor::remove_orphans(store::Store& store, storage::Storage& storage) {
  const auto keys = storage.list("");
  if (!keys) {
    log::error("the storage could not be listed", {{"error", keys.error().message}});
    return;
  }
  std::size_t count = 0;
  for (const auto& key : *keys) {
    const auto known = store.is_known_key(key.str());
    if (!known) {
      log::error("stored files could not be checked", {{"error", known.error().message}});
      return;
    }
    if (*known) continue;
    if (storage.remove(key)) ++count;
  }
  if (count > 0) log::info("removed files that no task owns", {{"count", count}});
}

}  // namespace recast::scheduler
