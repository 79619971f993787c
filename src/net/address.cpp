#include "net/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace recast::net {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Address mapped(const void* four) {
  Address address;
  std::ranges::copy(kMapped, address.bytes.begin());
  std::memcpy(address.bytes.data() + 12, four, 4);
  return address;
}

std::vector<Network> table(std::initializer_list<std::string_view> texts) {
  std::vector<Network> networks;
  for (const auto text : texts) networks.push_back(Network::parse(text).value());
  return networks;
}

bool any_contains(const std::vector<Network>& networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

const std::vector<Network>& closed_v4() {
  static const auto networks = table({
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
      "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
      "224.0.0.0/4", "240.0.0.0/4",
      "168.63.129.16/32",  // the host service of one cloud lies inside public space
  });
  return networks;
}

const std::vector<Network>& closed_v6() {
  static const auto networks = table({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  return networks;
}

const Network& global_v6() {
  static const auto network = Network::parse("2000::/3").value();
  return network;
}

}  // namespace

std::optional<Address> Address::of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return mapped(&v4.sin_addr);
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    Address result;
    std::memcpy(result.bytes.data(), &v6.sin6_addr, 16);
    return result;
  }
  return std::nullopt;
}

std::optional<Address> Address::parse(std::string_view text) {
  const std::string copy(text);
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) return mapped(&v4);
  Address result;
  if (inet_pton(AF_INET6, copy.c_str(), result.bytes.data()) == 1) return result;
  return std::nullopt;
}

std::string Address::str() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool four = is_v4();
  const auto* const from = bytes.data() + (four ? 12 : 0);
  return inet_ntop(four ? AF_INET : AF_INET6, from, text.data(), text.size()) == nullptr ? "" : text.data();
}

bool Address::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

bool Address::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  static const auto one = parse("::1");
  return *this == one;
}

bool Address::is_unspecified() const {
  const auto zero = [](std::uint8_t byte) { return byte == 0; };
  return is_v4() ? std::all_of(bytes.begin() + 12, bytes.end(), zero) : std::ranges::all_of(bytes, zero);
}

std::optional<Address> Address::embedded_v4() const {
  if (is_nat64(*this)) return mapped(bytes.data() + 12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return mapped(bytes.data() + 2);
  return std::nullopt;
}

Result<Network> Network::parse(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_data, fmt::format("\"{}\" is not a network such as 10.20.0.0/16 or fd00::/8", text));
  };
  const auto slash = text.find('/');
  const auto base = Address::parse(text.substr(0, slash));
  if (!base) return wrong();
  // A mapped IPv4 literal ("::ffff:10.0.0.0/104") counts its prefix in IPv6 bits.
  const bool short_form = base->is_v4() && text.substr(0, slash).find(':') == std::string_view::npos;
  unsigned prefix = short_form ? 32 : 128;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    unsigned given = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), given);
    if (error != std::errc() || end != digits.data() + digits.size() || given > prefix) return wrong();
    prefix = given;
  }
  Network network;
  network.base_ = *base;
  network.prefix_ = short_form ? prefix + 96 : prefix;
  for (unsigned bit = network.prefix_; bit < 128; ++bit) {
    if ((base->bytes[bit / 8] >> (7 - bit % 8)) & 1) return wrong();
  }
  return network;
}

bool Network::contains(const Address& address) const {
  const auto whole = prefix_ / 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + whole, address.bytes.begin())) return false;
  const auto rest = prefix_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return ((base_.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

bool Network::is(const Address& address) const { return prefix_ == 128 && base_ == address; }

bool is_public(const Address& address) {
  if (address.is_v4()) return !any_contains(closed_v4(), address);
  return global_v6().contains(address) && !any_contains(closed_v6(), address);
}

bool is_metadata(const Address& address) {
  static const auto networks =
      table({"169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.42.42", "100.100.100.200", "168.63.129.16",
             "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42"});
  return any_contains(networks, address);
}

bool is_nat64(const Address& address) {
  static const auto network = Network::parse("64:ff9b::/96").value();
  return network.contains(address);
}

}  // namespace recast::net
