#include "net/overrides.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "schema/parse.hpp"

namespace recast::net {

namespace {

std::string setting_of(std::string_view operation, std::string_view member = {}) {
  return fmt::format("outbound.override.\"{}\"{}{}", operation, member.empty() ? "" : ".", member);
}

std::unexpected<Error> in_setting(Error error, std::string setting) {
  error.field = std::move(setting);
  return std::unexpected(std::move(error));
}

Result<Override> read_one(std::string_view operation, const boost::json::value& value) {
  const auto* const table = value.if_object();
  if (table == nullptr)
    return fail(ErrorCode::invalid_data, "This must be a table of settings.", setting_of(operation));
  const auto known = schema::describe<Override>();
  for (const auto& member : *table) {
    const std::string_view name = member.key();
    if (std::ranges::find(known, name, &schema::FieldInfo::name) != known.end()) continue;
    std::vector<std::string> names;
    for (const auto& field : known) names.push_back(field.name);
    return fail(ErrorCode::invalid_data, fmt::format("An override can set {}.", fmt::join(names, ", ")),
                setting_of(operation, name));
  }
  auto read = schema::parse<Override>(*table);
  if (!read) {
    auto setting = setting_of(operation, read.error().field);
    return in_setting(std::move(read).error(), std::move(setting));
  }
  return read;
}

void add(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

Settings with(Settings settings, const Override& change) {
  settings.default_rule = change.default_rule.value_or(settings.default_rule);
  settings.allow_http = change.allow_http.value_or(settings.allow_http);
  add(settings.allow_hosts, change.allow_hosts);
  add(settings.allow_cidrs, change.allow_cidrs);
  add(settings.deny_hosts, change.deny_hosts);
  add(settings.deny_cidrs, change.deny_cidrs);
  add(settings.allow_ports, change.allow_ports);
  return settings;
}

}  // namespace

Result<Overrides> read_overrides(const boost::json::object& tables, const std::vector<std::string>& operations) {
  Overrides overrides;
  for (const auto& [key, value] : tables) {
    const std::string operation(key);
    if (std::ranges::find(operations, operation) == operations.end()) {
      return fail(ErrorCode::invalid_data,
                  fmt::format("No operation of this name goes out; those that do are {}.", fmt::join(operations, ", ")),
                  setting_of(operation));
    }
    RECAST_TRY(overrides[operation], read_one(operation, value));
  }
  return overrides;
}

Result<Policies> open_policies(const Settings& settings, const Overrides& overrides,
                               const std::vector<std::uint16_t>& own_ports) {
  auto general = Policy::open(settings, own_ports);
  if (!general) {
    auto setting = "outbound." + general.error().field;
    return in_setting(std::move(general).error(), std::move(setting));
  }
  Policies policies{std::move(*general), {}};
  for (const auto& [operation, change] : overrides) {
    auto policy = Policy::open(with(settings, change), own_ports);
    if (!policy) {
      auto setting = setting_of(operation, policy.error().field);
      return in_setting(std::move(policy).error(), std::move(setting));
    }
    policies.overrides.emplace(operation, std::move(*policy));
  }
  return policies;
}

}  // namespace recast::net
