#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::http {

/// An IPv4 or IPv6 address as 16 bytes; IPv4 is written as ::ffff:a.b.c.d.
using AddressBytes = std::array<unsigned char, 16>;
/// nullopt if it is not an address. Accepts "[v6]", a port after it ("a.b.c.d:1", "[v6]:1") and scope ids.
std::optional<AddressBytes> parse_address(std::string_view text);
/// "10.0.0.1" or "2001:db8::1".
std::string format_address(const AddressBytes& address);

/// Addresses and networks whose X-Forwarded-* headers are believed.
class TrustedProxies {
 public:
  /// invalid_data, field "trusted_proxies", for what is neither an address nor a CIDR.
  static Result<TrustedProxies> parse(const std::vector<std::string>& entries);

  bool contains(const AddressBytes& address) const;
  /// Sets remote_address, secure and Host by what a trusted peer says; removes these headers of all others.
  void apply(const AddressBytes& peer, Request& request) const;

 private:
  struct Network {
    AddressBytes address{};
    unsigned bits = 128;
  };
  std::vector<Network> networks_;
};

}  // namespace recast::http
