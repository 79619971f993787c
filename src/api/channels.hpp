#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/context.hpp"
#include "api/subscriptions.hpp"
#include "event/bus.hpp"

namespace recast::api {

namespace json = boost::json;

/// Brings committed events to Socket.IO clients (core.md 15.5). One thread of its own reads what an event is about and
/// sends it, so that each client hears things in the order they happened.
class Channels {
 public:
  explicit Channels(Context& context);
  ~Channels();

  socketio::Server& server() { return server_; }

 private:
  using Socket = std::shared_ptr<socketio::Socket>;
  /// The next time an object's update may be sent, and whether one waits for it.
  struct Pace {
    bool pending = false;
    store::Event event;
  };

  void on_event(const Socket& socket, const std::string& name, const json::array& arguments);
  void subscribe(const Socket& socket, const std::string& name, const json::object& request);
  /// Who asks, if it is the owner of what the channel is about; the status of a refusal otherwise.
  std::expected<account::Principal, int> authorise(const ChannelName& channel, std::string_view authorization,
                                                   bool sandbox) const;
  void replay(const Subscriber& subscriber);
  void end_key(KeyId key);

  void heard(const store::Event& event);
  void deliver(const store::Event& event);
  bool paced(const store::Event& event);
  void next_pace(const std::string& object);
  void send(const store::Event& event);

  Context& context_;
  Subscriptions subscriptions_;
  std::map<std::string, Pace> paces_;  ///< used by the strand only
  socketio::Server server_;
  Dispatcher strand_{1};
  event::Bus::Subscription listening_;
};

}  // namespace recast::api
