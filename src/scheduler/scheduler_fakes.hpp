#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <set>

#include "base/guarded.hpp"
#include "scheduler/scheduler.hpp"

namespace recast::scheduler {

using namespace std::chrono_literals;

/// Knows only names.
class FakeStorage final : public storage::Storage {
 public:
  Result<> put(const storage::Key& key, const storage::fs::path&) override {
    keys_.with([&](auto& keys) { keys.insert(key.str()); });
    return {};
  }
  Result<storage::Stat> get(const storage::Key&, const storage::fs::path&) override { return storage::Stat{}; }
  Result<UniqueFd> open(const storage::Key&) override { return UniqueFd(); }
  Result<> list(std::string_view, const std::function<Result<>(const storage::Key&)>& each) override {
    for (const auto& text : texts()) RECAST_CHECK(each(storage::Key::parse(text).value()));
    return {};
  }
  Result<> remove(const storage::Key& key) override {
    if (stuck && key.str().starts_with("stuck")) return fail(ErrorCode::internal, "It cannot be removed.");
    keys_.with([&](auto& keys) { keys.erase(key.str()); });
    return {};
  }
  void add(std::string_view key) { ASSERT_TRUE(put(storage::Key::parse(key).value(), {})); }
  std::set<std::string> texts() const {
    return keys_.with([](const auto& keys) { return keys; });
  }

  std::atomic<bool> stuck = true;  ///< whether keys that begin so cannot be removed

 private:
  Guarded<std::set<std::string>> keys_;
};

/// Does what the task's payload says: "do": "finish" (default), "fail", "throw", "lose", "hang" (until it is stopped).
class FakeRunner final : public TaskRunner {
 public:
  explicit FakeRunner(FakeStorage& storage) : storage_(storage) {}

  store::Ending run(const store::Claim& claim, Deadline deadline, std::stop_token stop,
                    std::function<void(int, std::string_view)> progress) override {
    const auto* const value = claim.task.payload.if_contains("do");
    const std::string what = value == nullptr ? "finish" : std::string(value->as_string());
    note(what);
    store::Ending ending;
    const auto key = claim.task.id.str() + "/" + std::to_string(claim.attempt);
    if (what == "progress") {
      for (int percent = 1; percent <= 50; ++percent) progress(percent, "");
    } else if (what == "fail") {
      ending.error = Error{ErrorCode::open_failed, "damaged", {}};
    } else if (what == "throw") {
      throw std::runtime_error("a bug");
    } else if (what == "lose") {
      ending.error = Error{ErrorCode::worker_lost, "crashed", {}};
    } else if (what == "hang") {
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock lock(mutex);
      never.wait_until(lock, stop, deadline.at(), [] { return false; });
      ending.error =
          stop.stop_requested() ? Error{ErrorCode::cancelled, "stopped", {}} : Error{ErrorCode::timeout, "late", {}};
    }
    if (!ending.error || what == "hang") {
      storage_.add(key);
      ending.files = {{"a", "", 1, "", key}};
    }
    ending.engine = "fake";
    note(what + "-done");
    return ending;
  }

  bool wait_for(const std::string& what, int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 20s, [&] { return seen_[what] >= count; });
  }

 private:
  void note(const std::string& what) {
    std::lock_guard lock(mutex_);
    ++seen_[what];
    changed_.notify_all();
  }
  FakeStorage& storage_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> seen_;
};

}  // namespace recast::scheduler
