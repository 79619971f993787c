#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/policy.hpp"

namespace recast::net {

/// What the table [outbound.override."export/sftp"] changes for that operation alone (import-export.md 12.4): lists
/// are added to those of [outbound], the others take their place.
struct Override {
  std::optional<std::string> default_rule;
  std::vector<std::string> allow_hosts;
  std::vector<std::string> allow_cidrs;
  std::vector<std::string> deny_hosts;
  std::vector<std::string> deny_cidrs;
  std::vector<std::string> allow_ports;
  std::optional<bool> allow_http;

  static constexpr auto fields = std::tuple{
      schema::field(&Override::default_rule, "default", "In place of outbound.default.",
                    {.values = {"public", "any", "none"}}),
      schema::field(&Override::allow_hosts, "allow_hosts", "Beside outbound.allow_hosts."),
      schema::field(&Override::allow_cidrs, "allow_cidrs", "Beside outbound.allow_cidrs."),
      schema::field(&Override::deny_hosts, "deny_hosts", "Beside outbound.deny_hosts."),
      schema::field(&Override::deny_cidrs, "deny_cidrs", "Beside outbound.deny_cidrs."),
      schema::field(&Override::allow_ports, "allow_ports", "Beside outbound.allow_ports."),
      schema::field(&Override::allow_http, "allow_http", "In place of outbound.allow_http."),
  };
};
using Overrides = std::map<std::string, Override, std::less<>>;

/// Reads the tables below [outbound.override]. `operations`: those that go out. invalid_data naming the setting, such
/// as `outbound.override."export/sftp".allow_hosts`, and for an unknown operation those that there are.
Result<Overrides> read_overrides(const boost::json::object& tables, const std::vector<std::string>& operations);

/// The rules of the server, and those of operations that have others. Immutable; shared by all tasks.
struct Policies {
  Policy general;
  std::map<std::string, Policy, std::less<>> overrides;
};
/// invalid_data naming the setting with its section. `own_ports` as of Policy::open.
Result<Policies> open_policies(const Settings& settings, const Overrides& overrides,
                               const std::vector<std::uint16_t>& own_ports = {});

/// A client whose on_behalf_of() knows the rules of each operation; by itself it lives under the general ones.
std::unique_ptr<Client> make_client(const Settings& settings, Policies policies, std::vector<std::string> resolve = {});

}  // namespace recast::net
