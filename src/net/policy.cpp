#include "net/policy.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>

#include "base/text.hpp"
#include "net/address.hpp"
#include "net/url.hpp"

namespace recast::net {

namespace {

/// Lower case, no trailing dot, no brackets; IP literals in their one spelling.
std::string plain_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.remove_suffix(1);
  return lower(host);
}

struct HostRule {
  std::string name;
  bool suffix = false;  ///< "*.name"
  std::optional<std::uint16_t> port;

  bool names(const std::string& host) const {
    if (!suffix) return same_host(host);
    return host.size() > name.size() + 1 && host.ends_with(name) && host[host.size() - name.size() - 1] == '.';
  }
  bool same_host(const std::string& host) const {
    if (host == name) return true;
    const auto own = Address::parse(name);
    return own && own == Address::parse(host);
  }
};

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/// The name of a rule in the form the URL parser gives hosts: lower case, IDNA. nullopt if it is no host name.
std::optional<std::string> rule_name(std::string_view text) {
  std::string name = plain_host(text);
  if (Address::parse(name)) return name;
  const auto ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) {
    const auto url = Url::parse("http://" + name + "/");
    if (!url) return std::nullopt;
    name = url->host();
  }
  if (name.empty() || name.size() > 253 || name.starts_with('.') || name.find("..") != std::string::npos)
    return std::nullopt;
  if (!std::ranges::all_of(name, is_name_character)) return std::nullopt;
  return name;
}

Result<HostRule> parse_host_rule(std::string_view text) {
  HostRule rule;
  auto rest = text;
  const auto bracket = rest.starts_with('[') ? rest.find(']') : 0;
  const auto colon = bracket == std::string_view::npos ? bracket : rest.find(':', bracket);
  const bool bare_v6 =
      bracket == 0 && colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos;
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_data,
                fmt::format("\"{}\" is not a host rule such as minio.internal:9000 or *.example.org", text));
  };
  if (bracket == std::string_view::npos) return wrong();
  if (colon != std::string_view::npos && !bare_v6) {
    rule.port = parse_port(rest.substr(colon + 1));
    if (!rule.port) return wrong();
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with("*.")) {
    rule.suffix = true;
    rest.remove_prefix(2);
  }
  auto name = rule_name(rest);
  if (!name || (rule.suffix && Address::parse(*name))) return wrong();
  rule.name = std::move(*name);
  return rule;
}

template <class Rule, class Parse>
Result<std::vector<Rule>> parse_all(const std::vector<std::string>& texts, std::string_view setting, Parse parse) {
  std::vector<Rule> rules;
  for (const auto& text : texts) {
    auto rule = parse(trim(text));
    if (!rule) return fail(ErrorCode::invalid_data, std::move(rule).error().message, std::string(setting));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

Result<std::uint16_t> parse_port_rule(std::string_view text) {
  if (const auto port = parse_port(text)) return *port;
  return fail(ErrorCode::invalid_data, fmt::format("\"{}\" is not a port", text));
}

/// The list of the Fetch standard: ports of protocols that can be talked to by accident.
bool is_blocked_port(std::uint16_t port) {
  static constexpr std::array<std::uint16_t, 82> blocked{
      1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,   37,   42,   43,   53,
      69,   77,   79,   87,   95,   101,  102,  103,  104,  109,  110,  111,  113,  115,  117,  119,  123,
      135,  137,  139,  143,  161,  179,  389,  427,  465,  512,  513,  514,  515,  526,  530,  531,  532,
      540,  548,  554,  556,  563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659,
      4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
  static_assert(std::ranges::is_sorted(blocked));
  return std::ranges::binary_search(blocked, port);
}

bool is_mail_port(std::uint16_t port) { return port == 25 || port == 465 || port == 587; }

/// Asked afresh each time: interfaces come and go.
bool is_own_address(const Address& address) {
  if (address.is_loopback() || address.is_unspecified()) return true;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return true;
  bool own = false;
  for (const auto* at = list; at != nullptr && !own; at = at->ifa_next) own = Address::of(at->ifa_addr) == address;
  freeifaddrs(list);
  return own;
}

bool is_proxy_url(std::string_view text) {
  const auto end = text.find("://");
  if (end == std::string_view::npos || end + 3 == text.size()) return false;
  static constexpr std::array<std::string_view, 6> schemes{"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  return std::ranges::find(schemes, lower(text.substr(0, end))) != schemes.end();
}

Error refused() { return {ErrorCode::download_failed, "target address is not allowed", {}}; }

}  // namespace

struct Policy::Rules {
  enum class Default { public_only, any, none } fallback = Default::public_only;
  std::vector<HostRule> allow_hosts, deny_hosts;
  std::vector<Network> allow_networks, deny_networks;
  std::vector<std::uint16_t> allow_ports, own_ports;
  bool allow_http = true;

  static bool listed(const std::vector<HostRule>& rules, const std::string& host, std::uint16_t port) {
    return std::ranges::any_of(
        rules, [&](const HostRule& rule) { return rule.port.value_or(port) == port && rule.names(host); });
  }
  static bool listed(const std::vector<Network>& networks, const Address& address) {
    return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
  }
  bool never(const Address& address) const {
    if (listed(deny_networks, address)) return true;
    if (!is_metadata(address)) return false;
    return std::ranges::none_of(allow_networks, [&](const Network& network) { return network.is(address); });
  }
  bool by_address(const Address& address) const {
    if (never(address)) return false;
    if (const auto inner = address.embedded_v4()) {
      if (never(*inner)) return false;
      // A translator that the operator opened is a way to IPv4: the address behind it has to pass as well.
      if (is_nat64(address) && listed(allow_networks, address)) return by_address(*inner);
    }
    if (listed(allow_networks, address)) return true;
    return fallback == Default::any || (fallback == Default::public_only && is_public(address));
  }
  bool port_allowed(std::string_view scheme, const std::string& host, std::uint16_t port) const {
    const bool closed = scheme == "sftp" ? is_mail_port(port) : is_blocked_port(port);
    if (!closed || std::ranges::find(allow_ports, port) != allow_ports.end()) return true;
    return std::ranges::any_of(allow_hosts,
                               [&](const HostRule& rule) { return rule.port == port && rule.names(host); });
  }
};

Result<Policy> Policy::open(const Settings& settings, std::vector<std::uint16_t> own_ports) {
  auto rules = std::make_shared<Rules>();
  if (settings.default_rule == "any") {
    rules->fallback = Rules::Default::any;
  } else if (settings.default_rule == "none") {
    rules->fallback = Rules::Default::none;
  } else if (settings.default_rule != "public") {
    return fail(ErrorCode::invalid_data, fmt::format("\"{}\" is not public, any or none", settings.default_rule),
                "default");
  }
  RECAST_TRY(rules->allow_hosts, parse_all<HostRule>(settings.allow_hosts, "allow_hosts", &parse_host_rule));
  RECAST_TRY(rules->deny_hosts, parse_all<HostRule>(settings.deny_hosts, "deny_hosts", &parse_host_rule));
  RECAST_TRY(rules->allow_networks, parse_all<Network>(settings.allow_cidrs, "allow_cidrs", &Network::parse));
  RECAST_TRY(rules->deny_networks, parse_all<Network>(settings.deny_cidrs, "deny_cidrs", &Network::parse));
  RECAST_TRY(rules->allow_ports, parse_all<std::uint16_t>(settings.allow_ports, "allow_ports", &parse_port_rule));
  rules->own_ports = std::move(own_ports);
  rules->allow_http = settings.allow_http;
  if (!settings.ca_bundle.empty() && !std::ifstream(settings.ca_bundle)) {
    return fail(ErrorCode::invalid_data, fmt::format("{} cannot be read", settings.ca_bundle), "ca_bundle");
  }
  if (!settings.proxy.empty() && !is_proxy_url(settings.proxy)) {
    return fail(ErrorCode::invalid_data, "proxy must be a URL such as http://proxy.example.org:3128", "proxy");
  }
  return Policy(std::move(rules));
}

Result<> Policy::check_name(std::string_view scheme, std::string_view host, std::uint16_t port) const {
  const auto name = plain_host(host);
  const auto& rules = *rules_;
  if (scheme != "http" && scheme != "https" && scheme != "sftp") return std::unexpected(refused());
  if (scheme == "http" && !rules.allow_http) return std::unexpected(refused());
  if (name.empty() || port == 0 || Rules::listed(rules.deny_hosts, name, port)) return std::unexpected(refused());
  if (!rules.port_allowed(scheme, name, port)) return std::unexpected(refused());
  // With nothing that could allow its addresses a name is not even looked up.
  if (rules.fallback == Rules::Default::none && rules.allow_networks.empty() &&
      !Rules::listed(rules.allow_hosts, name, port)) {
    return std::unexpected(refused());
  }
  return {};
}

bool Policy::allows(const sockaddr* socket_address, std::string_view host, std::uint16_t port) const {
  const auto address = Address::of(socket_address);
  const auto& rules = *rules_;
  if (!address || port == 0) return false;
  const auto name = plain_host(host);
  if (Rules::listed(rules.deny_hosts, name, port)) return false;
  if (std::ranges::find(rules.own_ports, port) != rules.own_ports.end() && is_own_address(*address)) return false;
  if (Rules::listed(rules.allow_hosts, name, port)) {
    const auto inner = address->embedded_v4();
    return !rules.never(*address) && !(inner && rules.never(*inner));
  }
  return rules.by_address(*address);
}

}  // namespace recast::net
