#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/client.hpp"
#include "schema/field.hpp"

namespace recast::net {

/// The operator's rules, settings section "outbound" (import-export.md 12.4).
struct Settings {
  std::string default_rule = "public";
  std::vector<std::string> allow_hosts;
  std::vector<std::string> allow_cidrs;
  std::vector<std::string> deny_hosts;
  std::vector<std::string> deny_cidrs;
  std::vector<std::string> allow_ports;
  bool allow_http = true;
  std::string proxy;
  bool proxy_enforces = false;
  std::string ca_bundle;
  int attempts = 4;
  int connect_seconds = 15;
  int stall_seconds = 60;
  int stall_bytes_per_second = 1024;
  int max_redirects = 10;
  int retry_milliseconds = 1000;
  std::int64_t website_bytes = 1'000'000'000;
  int website_connections = 64;

  static constexpr auto fields = std::tuple{
      schema::field(
          &Settings::default_rule, "default",
          "What may be reached without a rule: public (unicast addresses of the Internet), any, or none (air-gapped).",
          {.values = {"public", "any", "none"}}),
      schema::field(&Settings::allow_hosts, "allow_hosts",
                    "Host names that may be reached whatever they resolve to: exact or *.suffix, optional :port."),
      schema::field(
          &Settings::allow_cidrs, "allow_cidrs",
          "Networks that may be reached, such as 10.20.0.0/16. Only an exact entry opens a metadata address."),
      schema::field(&Settings::deny_hosts, "deny_hosts", "Host names that are never reached."),
      schema::field(&Settings::deny_cidrs, "deny_cidrs", "Networks that are never reached."),
      schema::field(&Settings::allow_ports, "allow_ports",
                    "Ports on the browsers' block list that may be used all the same."),
      schema::field(&Settings::allow_http, "allow_http", "Whether clear-text http is allowed."),
      schema::field(&Settings::proxy, "proxy",
                    "Egress proxy URL; empty for none. Proxy variables of the environment are ignored.",
                    {.secret = true}),
      schema::field(&Settings::proxy_enforces, "proxy_enforces",
                    "The proxy enforces the policy: names are not resolved and checked here."),
      schema::field(&Settings::ca_bundle, "ca_bundle", "File of further certificate authorities (PEM)."),
      schema::field(&Settings::attempts, "attempts", "How often a transfer is tried.", {.min = 1, .max = 10}),
      schema::field(&Settings::connect_seconds, "connect_seconds", "Time to connect.", {.min = 1}),
      schema::field(&Settings::stall_seconds, "stall_seconds",
                    "A transfer slower than stall_bytes_per_second for this long ends.", {.min = 1}),
      schema::field(&Settings::stall_bytes_per_second, "stall_bytes_per_second", "See stall_seconds.", {.min = 0}),
      schema::field(&Settings::retry_milliseconds, "retry_milliseconds",
                    "Pause before the second attempt; later ones are 4 and 10 times as long.",
                    {.min = 0, .max = 60'000}),
      schema::field(&Settings::website_bytes, "website_bytes", "Bytes that one captured website may load.", {.min = 1}),
      schema::field(&Settings::website_connections, "website_connections",
                    "Connections that one captured website may have at once; more wait.", {.min = 1, .max = 1000}),
      schema::field(&Settings::max_redirects, "max_redirects", "Redirects that are followed.", {.min = 0, .max = 50}),
  };
};

/// Decides where the server may connect to. Immutable; shared by all tasks.
class Policy {
 public:
  /// invalid_data naming the setting and the entry that cannot be read. `own_ports`: the server's listening ports,
  /// refused on every address of this machine.
  static Result<Policy> open(const Settings& settings, std::vector<std::uint16_t> own_ports = {});

  /// Before resolving: scheme, port and the host lists. `host` as the URL parser gave it (lower case, IDNA).
  Result<> check_name(std::string_view scheme, std::string_view host, std::uint16_t port) const;
  /// The address that is about to be connected to, for a connection to `host`. The last word.
  bool allows(const sockaddr* address, std::string_view host, std::uint16_t port) const;

 private:
  struct Rules;
  explicit Policy(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}
  std::shared_ptr<const Rules> rules_;
};

/// A client that lives under `policy`. `resolve` overrides ("host:port:address") are for tests with made-up names.
std::unique_ptr<Client> make_client(const Settings& settings, Policy policy, std::vector<std::string> resolve = {});

}  // namespace recast::net
