#include "storage/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace recast::storage {

namespace {

/// What the threads share.
struct Shared {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;
  std::optional<Error> error;
  std::exception_ptr exception;
};

void run(Shared& shared, std::size_t count, const std::function<Result<>(std::size_t)>& work,
         const std::function<void()>& on_error) {
  const auto note = [&](std::optional<Error> error, std::exception_ptr exception) {
    if (shared.failed.exchange(true)) return;
    {
      const std::lock_guard lock(shared.mutex);
      shared.error = std::move(error);
      shared.exception = std::move(exception);
    }
    if (on_error) on_error();
  };
  try {
    for (std::size_t at = 0; !shared.failed && (at = shared.next++) < count;) {
      if (auto done = work(at); !done) note(std::move(done).error(), nullptr);
    }
  } catch (...) {
    note(std::nullopt, std::current_exception());
  }
  const std::lock_guard lock(shared.mutex);
  --shared.running;
  shared.ended.notify_all();
}

}  // namespace

Result<> in_parallel(std::size_t count, std::size_t threads, const std::function<Result<>(std::size_t)>& work,
                     const std::function<void()>& on_tick, const std::function<void()>& on_error) {
  Shared shared;
  std::vector<std::jthread> workers;
  shared.running = std::min(count, std::max<std::size_t>(threads, 1));
  for (std::size_t left = shared.running; left > 0; --left) {
    workers.emplace_back([&] { run(shared, count, work, on_error); });
  }
  {
    std::unique_lock lock(shared.mutex);
    while (!shared.ended.wait_for(lock, std::chrono::milliseconds(200), [&] { return shared.running == 0; })) {
      lock.unlock();
      if (on_tick) on_tick();
      lock.lock();
    }
  }
  workers.clear();
  if (shared.exception) std::rethrow_exception(shared.exception);
  if (shared.error) return std::unexpected(std::move(*shared.error));
  return {};
}

}  // namespace recast::storage
