#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/channel_name.hpp"
#include "api/socketio/server.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"

namespace recast::api {

/// One socket on one channel.
struct Subscriber {
  std::weak_ptr<socketio::Socket> socket;
  std::string name;  ///< of the channel, as the client spelled it
  ChannelName channel;
  UserId user{};
  KeyId key{};
  std::optional<Time> expires;  ///< of the key
};

/// Who listens to what. Safe from every thread.
class Subscriptions {
 public:
  explicit Subscriptions(std::size_t sockets_per_user) : sockets_per_user_(sockets_per_user) {}

  enum class Added { yes, already, too_many, closed };
  /// Nothing is kept of a socket that has closed: it may do so, and be removed, while its request is being looked at.
  Added add(const std::shared_ptr<socketio::Socket>& socket, const Subscriber& subscriber);
  void remove(const std::string& socket, std::string_view name);
  void remove_socket(const std::string& socket);

  /// Those that came with that key; they are removed.
  std::vector<std::shared_ptr<const Subscriber>> remove_key(KeyId key);

  bool any(const std::vector<std::string>& topics) const;
  std::vector<std::shared_ptr<const Subscriber>> of(const std::vector<std::string>& topics) const;
  /// Whether this subscriber has not been told yet that the object ended; remembers that it has been now. On the
  /// channels of users always true: nothing is repeated there.
  bool first_ending(const Subscriber& subscriber, const std::string& object);

 private:
  struct Entry {
    std::shared_ptr<const Subscriber> subscriber;
    std::set<std::string> ended;
  };
  void erase(const std::string& socket, const std::shared_ptr<Entry>& entry);

  const std::size_t sockets_per_user_;
  mutable std::mutex mutex_;
  std::multimap<std::string, std::shared_ptr<Entry>, std::less<>> by_topic_;
  std::map<std::string, std::map<std::string, std::shared_ptr<Entry>, std::less<>>> by_socket_;  ///< then by name
  std::map<UserId, std::map<std::string, std::size_t>> by_user_;  ///< channels per socket
};

}  // namespace recast::api
