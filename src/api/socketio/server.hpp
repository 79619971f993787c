#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/socketio/packet.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/router.hpp"

namespace recast::socketio {

/// One client on the default namespace. Safe from every thread; after it has left, nothing is sent.
class Socket {
 public:
  virtual ~Socket() = default;
  virtual const std::string& id() const = 0;
  /// What Events::on_open made of the handshake's request.
  virtual const std::any& tag() const = 0;
  /// False from before Events::on_close is called.
  virtual bool is_open() const = 0;
  /// A packet made by event_packet().
  virtual void send(const std::string& packet) = 0;
  /// Ends the connection; Events::on_close is called before it returns.
  virtual void close() = 0;
};

/// What the server's user hears. Called on handler threads and timer threads; for one socket perhaps at once.
struct Events {
  std::function<std::any(const http::Request&)> on_open;  ///< may be empty
  std::function<void(const std::shared_ptr<Socket>&, const std::string& name, const json::array& arguments)> on_event;
  std::function<void(const std::string& id)> on_close;  ///< once for each socket that was opened
};

struct Options {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds connect_timeout{45'000};  ///< for the client's `40`
  std::chrono::milliseconds upgrade_timeout{10'000};  ///< for a WebSocket to take over from long polling
  std::size_t largest_payload = 1'000'000;            ///< bytes of one request or message
  std::size_t most_queued = 1 << 20;                  ///< bytes that wait for a poll before the client counts as gone
  std::size_t most_sessions = 20'000;
};

class Session;

/// Engine.IO sessions over WebSocket and long polling, with upgrade and heartbeats. Outlives the HTTP server whose
/// requests it answers, and whatever runs what `Later` was given.
class Server {
 public:
  /// Runs work at a time or a little later, from another thread; never at once.
  using Later = std::function<void(Steady, std::function<void()>)>;

  Server(Options options, Random& random, Later later, Events events);
  ~Server();

  Result<http::Response> get(http::Request& request);
  Result<http::Response> post(http::Request& request);
  Result<std::unique_ptr<http::WebSocketSession>> upgrade(http::Request& request,
                                                          std::shared_ptr<http::WebSocketPeer> peer);
  std::size_t sessions() const;

 private:
  friend class Session;
  struct Sessions;
  std::shared_ptr<Session> open(const http::Request& request, Protocol protocol);
  std::shared_ptr<Session> find(std::string_view id) const;
  void forget(const std::string& id);

  const Options options_;
  Random& random_;
  const Later later_;
  const Events events_;
  const std::unique_ptr<Sessions> sessions_;
};

}  // namespace recast::socketio
