#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::net {

/// An Internet address. IPv4 is kept in its mapped form (::ffff:a.b.c.d), so that one address has one value only.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  /// nullopt for families other than IPv4 and IPv6.
  static std::optional<Address> of(const sockaddr* address);
  /// A literal, without brackets or zone.
  static std::optional<Address> parse(std::string_view text);

  std::string str() const;  ///< as parse() reads it; IPv4 with dots
  bool is_v4() const;
  bool is_loopback() const;
  bool is_unspecified() const;
  /// The IPv4 address that a NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address stands for.
  std::optional<Address> embedded_v4() const;
  bool operator==(const Address&) const = default;
};

/// A block of addresses, "10.20.0.0/16", "fd00::/8", or one address.
class Network {
 public:
  /// invalid_data if it cannot be read, or if bits beyond the prefix are set.
  static Result<Network> parse(std::string_view text);
  bool contains(const Address& address) const;
  /// Whether this is exactly the one address.
  bool is(const Address& address) const;

 private:
  Address base_;
  unsigned prefix_ = 128;
};

/// Unicast addresses of the public Internet, by the tables of import-export.md 12.2.
bool is_public(const Address& address);
/// Where clouds answer their own machines with credentials. Refused whatever else is allowed.
bool is_metadata(const Address& address);
/// NAT64 and 6to4 addresses reach the IPv4 address they carry.
bool is_nat64(const Address& address);

}  // namespace recast::net
