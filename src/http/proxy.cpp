#include "http/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace recast::http {

namespace {

constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const AddressBytes& address) { return std::ranges::equal(std::span(address).first(12), kMapped); }

Headers without_forwarded(const Headers& headers) {
  Headers kept;
  for (const auto& [name, value] : headers.all()) {
    const auto key = lower(name);
    if (key != "forwarded" && !key.starts_with("x-forwarded-")) kept.add(name, value);
  }
  return kept;
}

}  // namespace

std::optional<AddressBytes> parse_address(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    text = text.substr(0, text.find(']'));
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  const std::string host(text.substr(0, text.find('%')));
  AddressBytes address{};
  if (::inet_pton(AF_INET6, host.c_str(), address.data()) == 1) return address;
  std::ranges::copy(kMapped, address.begin());
  if (::inet_pton(AF_INET, host.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

std::string format_address(const AddressBytes& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_mapped(address))
    ::inet_ntop(AF_INET, address.data() + kMapped.size(), text.data(), text.size());
  else
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
  TrustedProxies proxies;
  for (const auto& entry : entries) {
    const auto text = trim(entry);
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    unsigned bits = 128;
    bool good = address.has_value();
    if (good && slash != std::string_view::npos) {
      const unsigned most = is_mapped(*address) && text.find('.') != std::string_view::npos ? 32 : 128;
      const auto digits = text.substr(slash + 1);
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      good = error == std::errc() && end == digits.data() + digits.size() && bits <= most;
      if (most == 32) bits += 96;
    }
    if (!good)
      return fail(ErrorCode::invalid_data, "\"" + entry + "\" is neither an address nor a network.", "trusted_proxies");
    proxies.networks_.push_back({*address, bits});
  }
  return proxies;
}

bool TrustedProxies::contains(const AddressBytes& address) const {
  return std::ranges::any_of(networks_, [&address](const Network& network) {
    const auto whole = network.bits / 8, rest = network.bits % 8;
    if (!std::equal(address.begin(), address.begin() + whole, network.address.begin())) return false;
    return rest == 0 || ((address.at(whole) ^ network.address.at(whole)) >> (8 - rest)) == 0;
  });
}

void TrustedProxies::apply(const AddressBytes& peer, Request& request) const {
  request.remote_address = format_address(peer);
  if (!contains(peer)) {
    request.headers = without_forwarded(request.headers);
    return;
  }
  // From the right: each proxy appended the peer it saw. The first that is not one of ours is the client.
  const auto forwarded = request.headers.list("X-Forwarded-For");
  const auto hops = split(forwarded, ',');
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = parse_address(*hop);
    if (!address) break;
    request.remote_address = format_address(*address);
    if (!contains(*address)) break;
  }
  const auto proto = request.headers.list("X-Forwarded-Proto");
  if (!proto.empty()) request.secure = equal_ignoring_case(trim(proto.substr(0, proto.find(','))), "https");
  const auto hosts = request.headers.list("X-Forwarded-Host");
  const auto host = trim(std::string_view(hosts).substr(0, hosts.find(',')));
  if (!host.empty()) request.headers.set("Host", std::string(host));
}

}  // namespace recast::http
