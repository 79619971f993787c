#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "store/store.hpp"

namespace recast::event {

/// Tells listeners in this process of committed events. Listeners are called one after the other on the publisher's
/// thread, in commit order, and must be quick and not throw. After a Subscription is destroyed its listener is not
/// running and is not called again. Safe from every thread.
class Bus {
 public:
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

   private:
    friend class Bus;
    Subscription(Bus* bus, std::uint64_t id) : bus_(bus), id_(id) {}
    Bus* bus_ = nullptr;
    std::uint64_t id_ = 0;
  };

  using Listener = std::function<void(const store::Event&)>;
  [[nodiscard]] Subscription subscribe(Listener listener);                    ///< every event
  [[nodiscard]] Subscription subscribe(const JobId& job, Listener listener);  ///< of one job and its tasks
  [[nodiscard]] Subscription subscribe(const TaskId& task, Listener listener);
  [[nodiscard]] Subscription subscribe(UserId user, Listener listener);
  void publish(const std::vector<store::Event>& events);

 private:
  struct Entry;
  Subscription add(std::string topic, Listener listener);
  void remove(std::uint64_t id);
  std::recursive_mutex mutex_;  ///< recursive: a listener may end subscriptions, its own among them
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::shared_ptr<Entry>> entries_;
  std::multimap<std::string, std::shared_ptr<Entry>> by_topic_;
};

}  // namespace recast::event
