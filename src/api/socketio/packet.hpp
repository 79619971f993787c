#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// Engine.IO 3 and 4 with Socket.IO 4 and 5 on top, as far as text goes (core.md 15). Knows nothing of what is said
/// over it.
namespace recast::socketio {

namespace json = boost::json;

enum class Protocol { eio3 = 3, eio4 = 4 };

/// First characters of Engine.IO packets.
namespace frame {
inline constexpr char kOpen = '0', kClose = '1', kPing = '2', kPong = '3', kMessage = '4', kUpgrade = '5', kNoop = '6';
}  // namespace frame

/// The packets in the body of a long-polling request: joined by 0x1E, or each led by its length in UTF-16 units and a
/// colon. malformed_body for anything else, and for binary packets.
Result<std::vector<std::string>> split_payload(Protocol protocol, std::string_view body);
std::string join_payload(Protocol protocol, std::span<const std::string> packets);

enum class PacketType { connect = 0, disconnect = 1, event = 2, ack = 3, connect_error = 4 };

/// A Socket.IO packet: what an Engine.IO message carries.
struct Packet {
  PacketType type = PacketType::event;
  std::string space = "/";           ///< the namespace
  std::optional<std::uint64_t> ack;  ///< the sender wants an answer under this number
  std::string name;                  ///< of an event
  json::array arguments;             ///< of an event, without its name
};

/// malformed_body for what is no packet, for an event without a name, and for binary packets, which are never used.
Result<Packet> parse_packet(std::string_view text);

/// Packets with Engine.IO's message character in front: `42["name",…]`. `arguments` are JSON texts.
std::string event_packet(std::string_view name, std::span<const std::string> arguments);
std::string ack_packet(std::string_view space, std::uint64_t number);

}  // namespace recast::socketio
