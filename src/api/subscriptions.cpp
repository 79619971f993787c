#include "api/subscriptions.hpp"

#include <algorithm>

namespace recast::api {

namespace {
constexpr std::size_t kChannelsPerSocket = 10'000;
}

Subscriptions::Added Subscriptions::add(const std::shared_ptr<socketio::Socket>& socket, const Subscriber& subscriber) {
  std::lock_guard lock(mutex_);
  // A socket that closes after this look is removed after us.
  if (!socket->is_open()) return Added::closed;
  const auto known = by_socket_.find(socket->id());
  if (known != by_socket_.end()) {
    if (known->second.contains(subscriber.name)) return Added::already;
    if (known->second.size() >= kChannelsPerSocket) return Added::too_many;
  }
  const auto user = by_user_.find(subscriber.user);
  if (user != by_user_.end() && !user->second.contains(socket->id()) && user->second.size() >= sockets_per_user_) {
    return Added::too_many;
  }
  auto& channels = by_socket_[socket->id()];
  auto& sockets = by_user_[subscriber.user];
  const auto entry = std::make_shared<Entry>(Entry{std::make_shared<const Subscriber>(subscriber), {}});
  channels.emplace(subscriber.name, entry);
  by_topic_.emplace(subscriber.channel.topic(), entry);
  ++sockets[socket->id()];
  return Added::yes;
}

void Subscriptions::erase(const std::string& socket, const std::shared_ptr<Entry>& entry) {
  const auto [first, last] = by_topic_.equal_range(entry->subscriber->channel.topic());
  const auto found = std::find_if(first, last, [&entry](const auto& item) { return item.second == entry; });
  if (found != last) by_topic_.erase(found);
  const auto user = by_user_.find(entry->subscriber->user);
  if (user == by_user_.end()) return;
  const auto count = user->second.find(socket);
  if (count != user->second.end() && --count->second == 0) user->second.erase(count);
  if (user->second.empty()) by_user_.erase(user);
}

void Subscriptions::remove(const std::string& socket, std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto channels = by_socket_.find(socket);
  if (channels == by_socket_.end()) return;
  const auto entry = channels->second.find(name);
  if (entry == channels->second.end()) return;
  erase(socket, entry->second);
  channels->second.erase(entry);
}

void Subscriptions::remove_socket(const std::string& socket) {
  std::lock_guard lock(mutex_);
  const auto channels = by_socket_.find(socket);
  if (channels == by_socket_.end()) return;
  for (const auto& [name, entry] : channels->second) erase(socket, entry);
  by_socket_.erase(channels);
}

std::vector<std::shared_ptr<const Subscriber>> Subscriptions::remove_key(KeyId key) {
  std::vector<std::shared_ptr<const Subscriber>> removed;
  std::lock_guard lock(mutex_);
  for (auto& [socket, channels] : by_socket_) {
    for (auto channel = channels.begin(); channel != channels.end();) {
      const auto entry = channel->second;
      if (entry->subscriber->key != key) {
        ++channel;
        continue;
      }
      removed.push_back(entry->subscriber);
      erase(socket, entry);
      channel = channels.erase(channel);
    }
  }
  return removed;
}

bool Subscriptions::any(const std::vector<std::string>& topics) const {
  std::lock_guard lock(mutex_);
  return std::ranges::any_of(topics, [this](const auto& topic) { return by_topic_.contains(topic); });
}

std::vector<std::shared_ptr<const Subscriber>> Subscriptions::of(const std::vector<std::string>& topics) const {
  std::vector<std::shared_ptr<const Subscriber>> found;
  std::lock_guard lock(mutex_);
  for (const auto& topic : topics) {
    const auto [first, last] = by_topic_.equal_range(topic);
    for (auto item = first; item != last; ++item) found.push_back(item->second->subscriber);
  }
  return found;
}

bool Subscriptions::first_ending(const Subscriber& subscriber, const std::string& object) {
  using Kind = ChannelName::Kind;
  if (subscriber.channel.kind == Kind::user_jobs || subscriber.channel.kind == Kind::user_tasks) return true;
  const auto socket = subscriber.socket.lock();
  std::lock_guard lock(mutex_);
  const auto channels = socket ? by_socket_.find(socket->id()) : by_socket_.end();
  if (channels == by_socket_.end()) return false;
  const auto entry = channels->second.find(subscriber.name);
  return entry != channels->second.end() && entry->second->ended.insert(object).second;
}

}  // namespace recast::api
