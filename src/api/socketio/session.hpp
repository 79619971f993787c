#pragma once

#include <any>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/socketio/server.hpp"

namespace recast::socketio {

/// One Engine.IO session and the Socket.IO client on it. Starts on one transport and may move from polling to a
/// WebSocket. Nothing is called out of it with its lock held, except a peer's send and close, which only queue.
class Session final : public Socket, public std::enable_shared_from_this<Session> {
 public:
  Session(Server& server, std::string id, Protocol protocol, std::any tag);

  const std::string& id() const override { return id_; }
  const std::any& tag() const override { return tag_; }
  bool is_open() const override;
  void send(const std::string& packet) override;
  void close() override;

  Protocol protocol() const { return protocol_; }
  /// Starts the clocks. `peer` is null for long polling; with one the open packet is sent.
  void begin(std::shared_ptr<http::WebSocketPeer> peer);
  /// The first answer of long polling.
  std::string open_packet(bool may_upgrade) const;

  /// A poll: answered at once if something waits, else later. nullopt if it cannot be one (other transport, second
  /// poll).
  std::optional<http::Response> poll();
  bool is_polling() const;
  bool is_on(const http::WebSocketPeer* peer) const;
  /// Packets of a POST or a message of the WebSocket this session is on.
  void receive(std::string_view packet);

  /// A WebSocket that may take over: `2probe`, then `5`.
  void receive_probe(const std::shared_ptr<http::WebSocketPeer>& peer, std::string_view packet);
  /// The peer is gone; ends the session if it is on it.
  void lost(const http::WebSocketPeer* peer);

 private:
  using Done = std::function<void(http::Response)>;

  void push(std::string packet);
  void handle(std::string_view packet);
  void connect(const Packet& packet);
  void handle_event(const Packet& packet);
  void cancel_poll(std::uint64_t number);
  void release_poll();
  void beat();
  void expect_pong();
  void watch_silence();
  http::Response payload(const std::vector<std::string>& packets) const;

  Server& server_;  ///< owns the session
  const std::string id_;
  const Protocol protocol_;
  const std::any tag_;

  mutable std::mutex mutex_;
  std::shared_ptr<http::WebSocketPeer> peer_;   ///< null while polling
  std::shared_ptr<http::WebSocketPeer> probe_;  ///< a WebSocket that asked to take over and has not yet
  std::vector<std::string> queue_;              ///< waits for a poll
  std::size_t queued_ = 0;
  Done poll_;
  std::uint64_t poll_number_ = 0;
  bool polling_ = false;  ///< a poll is open, or about to be
  bool connected_ = false;
  bool closed_ = false;
  bool pong_due_ = false;
  Steady heard_{};
};

}  // namespace recast::socketio
