#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace recast::http {

/// The value of Sec-WebSocket-Accept for a client's key (RFC 6455 4.2.2).
std::string websocket_accept(std::string_view key);

enum class Opcode : unsigned char { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
/// One unmasked frame, as servers send them.
std::string websocket_frame(Opcode opcode, std::string_view payload);
std::string websocket_close_frame(std::uint16_t code);

/// Reads what a client sends: masked frames, fragments joined, text checked. Holds no memory between messages.
class WebSocketReader {
 public:
  enum class Event { none, text, ping, pong, close, failed };
  explicit WebSocketReader(std::size_t message_limit) : limit_(message_limit) {}

  /// Takes bytes until an event is complete or `input` is empty; what it took is removed from `input`.
  Event read(std::string_view& input);
  /// Of the event just returned: the message, the ping's payload, or what the close frame carried.
  std::string take();
  /// After `failed`: the close code to send.
  std::uint16_t close_code() const { return close_code_; }

 private:
  Event fail(std::uint16_t code);
  Event begin_frame();
  Event end_frame();

  std::size_t limit_;
  std::string head_;     // of a frame, until it is complete
  std::string message_;  // fragments so far
  std::string control_;  // payload of a control frame
  std::string result_;
  std::uint64_t left_ = 0;  // payload bytes still to come
  std::uint64_t position_ = 0;
  std::uint16_t close_code_ = 0;
  Opcode opcode_ = Opcode::continuation;
  bool in_frame_ = false;
  bool final_ = false;
  bool in_message_ = false;
  bool dead_ = false;
};

}  // namespace recast::http
