#include "http/websocket_codec.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace recast::http {

namespace {
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kUnsupported = 1003;
constexpr std::uint16_t kNotUtf8 = 1007;
constexpr std::uint16_t kTooBig = 1009;

unsigned char byte_at(const std::string& text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// Bytes of a frame's head, given its first two; the mask included.
std::size_t head_size(const std::string& head) {
  if (head.size() < 2) return 2;
  const auto length = byte_at(head, 1) & 0x7f;
  return 2 + (length == 126 ? 2U : length == 127 ? 8U : 0U) + ((byte_at(head, 1) & 0x80) != 0 ? 4U : 0U);
}

bool is_control(Opcode opcode) { return static_cast<unsigned char>(opcode) >= 8; }

/// Codes a peer may put into a close frame (RFC 6455 7.4).
bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code < 5000);
}
}  // namespace

std::string websocket_accept(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  ::SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string websocket_frame(Opcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | static_cast<unsigned char>(opcode)));
  const std::uint64_t size = payload.size();
  unsigned bytes = 0;
  if (size < 126) {
    frame += static_cast<char>(size);
  } else {
    bytes = size < 65536 ? 2 : 8;
    frame += static_cast<char>(bytes == 2 ? 126 : 127);
  }
  while (bytes > 0) frame += static_cast<char>((size >> (8 * --bytes)) & 0xff);
  return frame.append(payload);
}

std::string websocket_close_frame(std::uint16_t code) {
  const std::array payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return websocket_frame(Opcode::close, {payload.data(), payload.size()});
}

WebSocketReader::Event WebSocketReader::fail(std::uint16_t code) {
  dead_ = true;
  close_code_ = code;
  message_ = {};
  control_ = {};
  return Event::failed;
}

WebSocketReader::Event WebSocketReader::begin_frame() {
  const auto first = byte_at(head_, 0), second = byte_at(head_, 1);
  opcode_ = static_cast<Opcode>(first & 0x0f);
  final_ = (first & 0x80) != 0;
  if ((first & 0x70) != 0 || (second & 0x80) == 0) return fail(kProtocolError);  // no extensions; clients mask
  left_ = second & 0x7f;
  if (left_ >= 126) {
    const std::size_t bytes = left_ == 126 ? 2 : 8;
    left_ = 0;
    for (std::size_t i = 0; i < bytes; ++i) left_ = left_ << 8 | byte_at(head_, 2 + i);
  }
  switch (opcode_) {
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!final_ || left_ > 125) return fail(kProtocolError);
      control_.clear();
      break;
    case Opcode::text:
    case Opcode::binary:
      if (in_message_) return fail(kProtocolError);
      if (opcode_ == Opcode::binary) return fail(kUnsupported);
      in_message_ = true;
      break;
    case Opcode::continuation:
      if (!in_message_) return fail(kProtocolError);
      break;
    default:
      return fail(kProtocolError);
  }
  if (!is_control(opcode_) && left_ > limit_ - message_.size()) return fail(kTooBig);
  position_ = 0;
  in_frame_ = true;
  return Event::none;
}

WebSocketReader::Event WebSocketReader::end_frame() {
  in_frame_ = false;
  head_.clear();
  if (is_control(opcode_)) {
    result_ = std::exchange(control_, {});
    if (opcode_ == Opcode::ping) return Event::ping;
    if (opcode_ == Opcode::pong) return Event::pong;
    if (result_.size() == 1) return fail(kProtocolError);
    if (result_.size() >= 2) {
      if (!is_close_code(static_cast<unsigned>(byte_at(result_, 0) << 8 | byte_at(result_, 1))))
        return fail(kProtocolError);
      if (!is_valid_utf8(std::string_view(result_).substr(2))) return fail(kNotUtf8);
    }
    dead_ = true;
    return Event::close;
  }
  if (!final_) return Event::none;
  in_message_ = false;
  result_ = std::exchange(message_, {});
  if (!is_valid_utf8(result_)) return fail(kNotUtf8);
  return Event::text;
}

WebSocketReader::Event WebSocketReader::read(std::string_view& input) {
  while (!dead_) {
    if (!in_frame_) {
      const auto missing = std::min(head_size(head_) - head_.size(), input.size());
      head_.append(input.substr(0, missing));
      input.remove_prefix(missing);
      if (head_.size() < 2 || head_.size() < head_size(head_)) {
        if (input.empty()) return Event::none;
        continue;
      }
      if (begin_frame() == Event::failed) return Event::failed;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    auto& target = is_control(opcode_) ? control_ : message_;
    const auto mask = head_.size() - 4;
    for (std::size_t i = 0; i < count; ++i) {
      target += static_cast<char>(byte_at(head_, mask + (position_++ & 3)) ^ static_cast<unsigned char>(input[i]));
    }
    input.remove_prefix(count);
    left_ -= count;
    if (left_ > 0) return Event::none;
    if (const auto event = end_frame(); event != Event::none) return event;
  }
  return close_code_ != 0 ? Event::failed : Event::none;
}

std::string WebSocketReader::take() { return std::exchange(result_, {}); }

}  // namespace recast::http
