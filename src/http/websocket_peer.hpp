#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/guarded.hpp"
#include "http/router.hpp"
#include "http/stream.hpp"
#include "http/websocket_codec.hpp"

namespace recast::http {

class Connection;

/// The sending half of a WebSocket: frames wait here until the socket takes them. May outlive connection and server.
class Peer final : public WebSocketPeer {
 public:
  explicit Peer(std::shared_ptr<Connection> connection);

  void send(std::string text) override;
  void close() override;

  // For the connection, on its loop.
  void pong(std::string_view payload);
  void close(std::uint16_t code);
  struct Progress {
    Stream::Status status = Stream::Status::done;  ///< done: nothing waits
    bool overflow = false;                         ///< the peer does not read; end it
    bool closing = false;                          ///< a close frame was sent or waits
  };
  Progress drain(Stream& stream);
  /// From now on nothing can be sent.
  void detach();

 private:
  struct State {
    std::shared_ptr<Connection> connection;
    std::string outbox;
    std::size_t at = 0;
    bool notified = false;
    bool overflow = false;
    bool closing = false;
  };
  static void append(State& state, Opcode opcode, std::string_view payload);
  static void notify(State& state);

  Guarded<State> state_;
};

}  // namespace recast::http
