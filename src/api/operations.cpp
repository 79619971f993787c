#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "engine/catalogue.hpp"
#include "format/format.hpp"
#include "operation/registry.hpp"
#include "store/ledger.hpp"

namespace recast::api {

namespace {

/// A bound as people write it: 100, not 1E2.
json::value bound(double value) {
  if (std::abs(value) < 1e15 && std::trunc(value) == value) return static_cast<std::int64_t>(value);
  return value;
}

json::object option(const schema::FieldInfo& info) {
  json::object out;
  out["name"] = info.name;
  out["type"] = schema::type_name(info.type);
  // The Java client reads a string there, and an array or object ends its reading of the whole catalogue.
  out["default"] = info.default_value.is_structured() ? json::value(nullptr) : info.default_value;
  if (!info.values.empty()) out["possible_values"] = json::value_from(info.values);
  out["description"] = info.doc;
  out["required"] = info.required;
  if (info.min) out["min"] = bound(*info.min);
  if (info.max) out["max"] = bound(*info.max);
  return out;
}

/// The catalogue as one answer needs it; options and versions are the same for many rows and made once.
class Catalogue {
 public:
  Catalogue(const engine::Catalogue& engines, const account::Prices& prices, const http::Query& query)
      : engines_(engines), prices_(prices), include_(Include::of(query)), alternatives_(flag(query, "alternatives")) {
    for (const auto* const name : {"operation", "input_format", "output_format", "engine", "engine_version"}) {
      if (auto value = filter(query, name)) filters_.emplace(name, *std::move(value));
    }
  }

  void add(const operation::Operation& operation, json::array& out) {
    if (!operation.records || !passes("operation", operation.name)) return;
    for (const auto& record : operation.records(engines_)) {
      const bool wanted = (record.is_default || alternatives_) && passes("input_format", record.from) &&
                          passes("output_format", record.to) && passes("engine", record.engine_name) &&
                          has_version(record);
      if (wanted) out.push_back(row(operation, record));
    }
  }

 private:
  bool passes(const std::string& name, const std::string& value) const {
    const auto wanted = filters_.find(name);
    if (wanted == filters_.end() || wanted->second == value) return true;
    // "jpeg" is another spelling of jpg here as it is in tasks.
    return name.ends_with("_format") && !value.empty() && format::canonical(wanted->second) == value;
  }

  bool has_version(const operation::Record& record) const {
    const auto wanted = filters_.find("engine_version");
    if (wanted == filters_.end()) return true;
    for (const auto* const one : engines_.installations(record.engine_name)) {
      if (one->version == wanted->second) return true;
    }
    return false;
  }

  json::object row(const operation::Operation& operation, const operation::Record& record) {
    json::object out;
    out["operation"] = operation.name;
    if (!record.from.empty()) out["input_format"] = record.from;
    if (!record.to.empty()) out["output_format"] = record.to;
    if (!record.engine_name.empty()) out["engine"] = record.engine_name;
    out["credits"] = prices_.of(operation.name, record.engine_name);
    out["meta"] = json::object{{"group", group(record)}};
    if (!record.through.empty()) out["meta"].get_object()["through"] = record.through;
    if (include_.has("options")) out["options"] = options(operation, record);
    if (include_.has("engine_versions")) out["engine_versions"] = versions(record.engine_name);
    return out;
  }

  static std::string group(const operation::Record& record) {
    const auto* format = format::find(record.from.empty() ? record.to : record.from);
    if (format != nullptr) return std::string(format->group);
    return record.engine == nullptr ? "other" : record.engine->info().group;
  }

  const json::array& options(const operation::Operation& operation, const operation::Record& record) {
    std::vector<const engine::Ability*> abilities;
    if (record.engine != nullptr) {
      const auto& end = record.through.empty() ? record.to : record.through;
      abilities.push_back(record.engine->ability(operation.name, record.from, end));
      const auto further = engines_.pairs(operation.name, record.through, record.to);
      if (!record.through.empty() && !further.empty())
        abilities.push_back(further.front().engine->ability(operation.name, record.through, record.to));
      std::erase(abilities, nullptr);
    }
    const auto [at, added] = options_.try_emplace({&operation, abilities});
    if (!added) return at->second;
    std::set<std::string_view> names;
    const auto add = [&](const std::vector<schema::FieldInfo>& rows) {
      for (const auto& row : rows) {
        if (names.insert(row.name).second) at->second.push_back(option(row));
      }
    };
    add(operation.options);
    for (const auto* const ability : abilities) add(ability->options);
    return at->second;
  }

  json::array versions(const std::string& engine) const {
    json::array out;
    for (const auto* const one : engines_.installations(engine)) {
      json::object version;
      version["version"] = one->version;
      version["default"] = one->is_default;
      version["latest"] = one->latest;
      version["deprecated"] = one->deprecated;
      version["experimental"] = one->experimental;
      out.push_back(std::move(version));
    }
    return out;
  }

  const engine::Catalogue& engines_;
  const account::Prices& prices_;
  const Include include_;
  const bool alternatives_;
  std::map<std::string, std::string> filters_;
  std::map<std::pair<const operation::Operation*, std::vector<const engine::Ability*>>, json::array> options_;
};

Result<http::Response> list_operations(Call& call, const operation::Operation* only) {
  const auto engines = call.context.services.catalogue();
  Catalogue catalogue(*engines, call.context.services.store.ledger().prices(), call.request.query);
  json::array data;
  if (only != nullptr) {
    catalogue.add(*only, data);
  } else {
    for (const auto& [name, operation] : call.context.services.operations.all()) catalogue.add(operation, data);
  }
  return data_response(200, std::move(data));
}

}  // namespace

void add_operation_routes(Routes& routes) {
  routes.get("/v2/operations", Routes::kPublic, [](Call& call) { return list_operations(call, nullptr); });
  // The spelling of 2019, one list per operation; some clients still use it.
  for (const auto& [name, operation] : routes.context()->services.operations.all()) {
    routes.get("/v2/" + name + "/formats", Routes::kPublic,
               [only = &operation](Call& call) { return list_operations(call, only); });
  }
}

}  // namespace recast::api
