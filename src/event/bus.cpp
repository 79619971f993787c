#include "event/bus.hpp"

#include <algorithm>
#include <array>

namespace recast::event {

struct Bus::Entry {
  std::uint64_t id = 0;
  std::string topic;
  Listener listener;
  bool active = true;
};

namespace {
std::string topic_of(const JobId& job) { return "job." + job.str(); }
std::string topic_of(const TaskId& task) { return "task." + task.str(); }
std::string topic_of(UserId user) { return "user." + std::to_string(static_cast<std::int64_t>(user)); }
const std::string kEverything = "all";
}  // namespace

Bus::Subscription::Subscription(Subscription&& other) noexcept
    : bus_(std::exchange(other.bus_, nullptr)), id_(std::exchange(other.id_, 0)) {}

Bus::Subscription& Bus::Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  if (bus_ != nullptr) bus_->remove(id_);
  bus_ = std::exchange(other.bus_, nullptr);
  id_ = std::exchange(other.id_, 0);
  return *this;
}

Bus::Subscription::~Subscription() {
  if (bus_ != nullptr) bus_->remove(id_);
}

Bus::Subscription Bus::subscribe(Listener listener) { return add(kEverything, std::move(listener)); }
Bus::Subscription Bus::subscribe(const JobId& job, Listener listener) {
  return add(topic_of(job), std::move(listener));
}
Bus::Subscription Bus::subscribe(const TaskId& task, Listener listener) {
  return add(topic_of(task), std::move(listener));
}
Bus::Subscription Bus::subscribe(UserId user, Listener listener) { return add(topic_of(user), std::move(listener)); }

Bus::Subscription Bus::add(std::string topic, Listener listener) {
  std::lock_guard lock(mutex_);
  const auto id = next_++;
  const auto entry = std::make_shared<Entry>(Entry{id, std::move(topic), std::move(listener)});
  entries_.emplace(id, entry);
  by_topic_.emplace(entry->topic, entry);
  return Subscription(this, id);
}

void Bus::remove(std::uint64_t id) {
  std::shared_ptr<Entry> entry;  // outlives the lock: what the listener holds may end subscriptions in turn
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  entry = found->second;
  entry->active = false;
  entries_.erase(found);
  const auto [first, last] = by_topic_.equal_range(entry->topic);
  const auto row = std::find_if(first, last, [&](const auto& one) { return one.second == entry; });
  if (row != last) by_topic_.erase(row);
}

void Bus::publish(const std::vector<store::Event>& events) {
  // Held while listeners run, so that a Subscription that has ended on another thread is not being called any more.
  std::lock_guard lock(mutex_);
  for (const auto& event : events) {
    std::vector<std::shared_ptr<Entry>> listeners;
    const auto collect = [&](const std::string& topic) {
      const auto [first, last] = by_topic_.equal_range(topic);
      for (auto row = first; row != last; ++row) listeners.push_back(row->second);
    };
    collect(kEverything);
    collect(topic_of(event.user));
    if (!event.job.empty()) collect(topic_of(event.job));
    if (!event.task.empty()) collect(topic_of(event.task));
    std::ranges::sort(listeners, {}, &Entry::id);
    for (const auto& entry : listeners) {
      if (entry->active) entry->listener(event);
    }
  }
}

}  // namespace recast::event
