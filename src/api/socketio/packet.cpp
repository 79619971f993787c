#include "api/socketio/packet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/text.hpp"

namespace recast::socketio {

namespace {

constexpr char kSeparator = '\x1e';
constexpr std::size_t kDeepest = 16;

std::unexpected<Error> bad(const char* what) { return fail(ErrorCode::malformed_body, what); }

/// How many UTF-16 units a UTF-8 sequence with this first byte has; 0 for a byte inside a sequence.
std::size_t units_of(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  if ((value & 0xc0U) == 0x80U) return 0;
  return value >= 0xf0U ? 2 : 1;
}

std::size_t units(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += units_of(byte);
  return count;
}

/// Bytes of the first `count` UTF-16 units; nullopt if the text is shorter.
std::optional<std::size_t> bytes_of_units(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (count > 0 && at < text.size()) {
    const auto width = units_of(text[at]);
    if (width > count) return std::nullopt;
    count -= width;
    ++at;
    while (at < text.size() && units_of(text[at]) == 0) ++at;
  }
  return count == 0 ? std::optional(at) : std::nullopt;
}

Result<std::vector<std::string>> split_lengths(std::string_view body) {
  std::vector<std::string> packets;
  while (!body.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), length);
    const auto digits = static_cast<std::size_t>(end - body.data());
    if (error != std::errc() || digits >= body.size() || body[digits] != ':') return bad("bad payload");
    body.remove_prefix(digits + 1);
    const auto bytes = bytes_of_units(body, length);
    if (!bytes || *bytes == 0) return bad("bad payload");
    packets.emplace_back(body.substr(0, *bytes));
    body.remove_prefix(*bytes);
  }
  return packets;
}

/// Takes digits off the front; nullopt if there are none or too many.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

Result<> read_event(std::string_view text, Packet& packet) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kDeepest;
  auto value = json::parse(text, error, {}, options);
  if (error || !value.is_array() || value.get_array().empty() || !value.get_array().front().is_string()) {
    return bad("an event is an array with its name");
  }
  packet.arguments = std::move(value.get_array());
  packet.name = packet.arguments.front().get_string();
  packet.arguments.erase(packet.arguments.begin());
  return {};
}

}  // namespace

Result<std::vector<std::string>> split_payload(Protocol protocol, std::string_view body) {
  if (!is_valid_utf8(body)) return bad("the payload is not UTF-8");
  if (body.empty()) return bad("the payload is empty");
  if (protocol == Protocol::eio3) return split_lengths(body);
  std::vector<std::string> packets;
  for (const auto packet : split(body, kSeparator)) {
    if (packet.empty()) return bad("bad payload");
    packets.emplace_back(packet);
  }
  return packets;
}

std::string join_payload(Protocol protocol, std::span<const std::string> packets) {
  std::string body;
  for (const auto& packet : packets) {
    if (protocol == Protocol::eio3)
      body += fmt::format("{}:", units(packet));
    else if (!body.empty())
      body += kSeparator;
    body += packet;
  }
  return body;
}

Result<Packet> parse_packet(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '4') return bad("unknown packet type");
  Packet packet;
  packet.type = static_cast<PacketType>(text.front() - '0');
  text.remove_prefix(1);
  if (text.starts_with('/')) {
    const auto comma = std::min(text.find(','), text.size());
    packet.space = text.substr(0, std::min(text.find('?'), comma));  // EIO3 clients may put a query behind the name
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (packet.type == PacketType::event || packet.type == PacketType::ack) {
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      packet.ack = take_number(text);
      if (!packet.ack) return bad("bad acknowledgement number");
    }
  }
  if (packet.type == PacketType::event) RECAST_CHECK(read_event(text, packet));
  return packet;
}

std::string event_packet(std::string_view name, std::span<const std::string> arguments) {
  auto packet = "42[" + json::serialize(json::value(name));
  for (const auto& argument : arguments) packet.append(",").append(argument);
  return packet + "]";
}

std::string ack_packet(std::string_view space, std::uint64_t number) {
  return fmt::format("43{}{}[]", space == "/" ? std::string() : std::string(space) + ",", number);
}

}  // namespace recast::socketio
