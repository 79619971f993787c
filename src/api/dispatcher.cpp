#include "api/dispatcher.hpp"

#include <exception>
#include <utility>

#include "base/log.hpp"

namespace recast::api {

Dispatcher::Dispatcher(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

void Dispatcher::stop() {
  std::deque<Work> ready;
  std::multimap<Steady, Work> later;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    ready.swap(ready_);
    later.swap(later_);
  }
  changed_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Dispatcher::post(Work work) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    ready_.push_back(std::move(work));
  }
  changed_.notify_one();
}

void Dispatcher::post_at(Steady at, Work work) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    const auto added = later_.emplace(at, std::move(work));
    first = added == later_.begin();
  }
  // A thread that sleeps until a later time has to look again.
  if (first) changed_.notify_all();
}

void Dispatcher::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = std::chrono::steady_clock::now();
    while (!later_.empty() && later_.begin()->first <= now) {
      ready_.push_back(std::move(later_.begin()->second));
      later_.erase(later_.begin());
    }
    if (ready_.empty()) {
      if (later_.empty())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, Steady(later_.begin()->first));
      continue;
    }
    auto work = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    try {
      work();
    } catch (const std::exception& error) {
      log::error("work after an event failed", {{"why", error.what()}});
    }
    work = nullptr;  // what it holds is let go without the lock
    lock.lock();
  }
}

}  // namespace recast::api
