#include "api/presets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "account/preset.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "api/idempotency.hpp"
#include "api/payload.hpp"
#include "api/query.hpp"
#include "engine/catalogue.hpp"
#include "operation/partial.hpp"
#include "operation/registry.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/presets.hpp"

namespace recast::api {

namespace {

struct NewPreset {
  std::string name;
  std::string operation;
  std::string description;

  static constexpr auto fields = std::tuple{
      schema::field(&NewPreset::name, "name", "What tasks call it by."),
      schema::field(&NewPreset::operation, "operation", "The operation that it is for.", {.required = true}),
      schema::field(&NewPreset::description, "description", "What it is for, for people."),
  };
};

/// These are a task's own.
constexpr std::string_view kNoOptions[] = {"input", "name", "operation", "ignore_error"};

store::Presets& presets_of(Call& call) { return call.context.services.store.presets(); }

json::object view(const Call& call, const account::Preset& preset) {
  json::object out;
  out["name"] = preset.name;
  out["version"] = preset.version;
  out["operation"] = preset.operation;
  out["description"] = preset.description;
  out["options"] =
      visible_payload(preset.operation, preset.options, call.context.services.operations.find(preset.operation));
  out["created_at"] = format_time(preset.created);
  return out;
}

http::Response page_response(const Call& call, const store::Listing<account::Preset>& listing,
                             const std::string& path) {
  json::array data;
  for (const auto& preset : listing.items) data.push_back(view(call, preset));
  return api_response(
      200, list_body(std::move(data), call.request.query, call.bases.api + path, listing.page, listing.more));
}

/// What a task would be refused for is refused now.
Result<> check_options(Call& call, std::string_view operation, const json::object& options) {
  const auto& services = call.context.services;
  const auto catalogue = services.catalogue();
  auto done = operation::check_partial(*services.operations.find(operation), options, *catalogue);
  if (!done) done.error().field = done.error().field.empty() ? "options" : "options." + done.error().field;
  return done;
}

/// Typed clients send null for what is not set, so a preset that was saved so says nothing of that option.
json::object without_nulls(json::object options) {
  json::object rest;
  for (auto& option : options) {
    if (!option.value().is_null()) rest.emplace(option.key(), std::move(option.value()));
  }
  return rest;
}

/// Whether an engine has an option `preset` of its own that may have this value, for the operation.
bool is_engine_preset(const Services& services, std::string_view operation, std::string_view word) {
  const auto catalogue = services.catalogue();
  const auto has_word = [&](const schema::FieldInfo& option) {
    return option.name == "preset" && std::ranges::find(option.values, word) != option.values.end();
  };
  return std::ranges::any_of(catalogue->installations(), [&](const engine::Installation& installation) {
    return std::ranges::any_of(installation.engine->info().abilities, [&](const engine::Ability& ability) {
      return ability.operation == operation && std::ranges::any_of(ability.options, has_word);
    });
  });
}

/// So that a task's `preset` means one thing.
Result<> check_name(const Services& services, const account::Preset& preset) {
  RECAST_CHECK(account::check_preset_name(preset.name));
  if (!is_engine_preset(services, preset.operation, preset.name)) return {};
  return fail(ErrorCode::invalid_data,
              fmt::format("The name {} is taken: an engine's own option preset has that value.", preset.name), "name");
}

Result<account::Preset> preset_in_body(Call& call) {
  RECAST_TRY(auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto wanted, schema::parse<NewPreset>(body));
  if (call.context.services.operations.find(wanted.operation) == nullptr) {
    return fail(ErrorCode::invalid_data, "The selected operation is invalid.", "operation");
  }
  constexpr std::size_t kLongestDescription = 1000;
  if (wanted.description.size() > kLongestDescription)
    return fail(ErrorCode::invalid_data, "The description may not be longer than 1000 bytes.", "description");
  constexpr std::size_t kLongestPreset = 256 << 10;
  if (call.request.body.size() > kLongestPreset)
    return fail(ErrorCode::invalid_data, "The options of a preset may not be more than 256 KiB.", "options");
  auto* const options = body.if_contains("options");
  if (options == nullptr || !options->is_object()) {
    return fail(ErrorCode::invalid_data, "The options field must be an object.", "options");
  }
  for (const auto name : kNoOptions) {
    if (options->get_object().contains(name))
      return fail(ErrorCode::invalid_data, fmt::format("The option {} is a task's own.", name), "options");
  }
  auto said = without_nulls(std::move(options->get_object()));
  RECAST_CHECK(check_options(call, wanted.operation, said));
  return account::Preset{.name = std::move(wanted.name),
                         .operation = std::move(wanted.operation),
                         .description = std::move(wanted.description),
                         .options = std::move(said)};
}

Result<http::Response> create_preset(Call& call) {
  RECAST_TRY(auto preset, preset_in_body(call));
  RECAST_CHECK(check_name(call.context.services, preset));
  RECAST_TRY(const auto made, presets_of(call).create(call.principal.user.id, std::move(preset),
                                                      call.context.services.settings.presets_per_user));
  return data_response(201, view(call, made));
}

Result<http::Response> change_preset(Call& call) {
  RECAST_TRY(auto preset, preset_in_body(call));
  preset.name = call.request.captures.at(0);
  RECAST_TRY(const auto made, presets_of(call).change(call.principal.user.id, std::move(preset),
                                                      call.context.services.settings.preset_versions));
  return data_response(200, view(call, made));
}

Result<http::Response> list_presets(Call& call) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  RECAST_TRY(const auto listing, presets_of(call).list(call.principal.user.id, page));
  return page_response(call, listing, "/v2/presets");
}

Result<http::Response> show_preset(Call& call) {
  const auto choice = account::read_preset_choice(call.request.captures.at(0));
  if (!choice) return fail(ErrorCode::not_found, "No such preset.");
  RECAST_TRY(const auto preset, presets_of(call).find(call.principal.user.id, *choice));
  return data_response(200, view(call, preset));
}

Result<http::Response> list_versions(Call& call) {
  RECAST_TRY(const auto page, page_of(call.request.query));
  const auto& name = call.request.captures.at(0);
  RECAST_TRY(const auto listing, presets_of(call).versions(call.principal.user.id, name, page));
  return page_response(call, listing, fmt::format("/v2/presets/{}/versions", name));
}

Result<http::Response> delete_preset(Call& call) {
  RECAST_CHECK(presets_of(call).remove(call.principal.user.id, call.request.captures.at(0)));
  return http::Response::empty(204);
}

}  // namespace

Result<> expand_preset(const Services& services, UserId user, std::string_view operation, boost::json::object& task) {
  const auto* const named = task.if_contains("preset");
  if (named == nullptr || named->is_null()) return {};
  if (!named->is_string()) return fail(ErrorCode::invalid_data, "The preset must be a string.", "preset");
  if (is_engine_preset(services, operation, named->get_string())) return {};
  RECAST_TRY(const auto choice, account::read_preset_choice(named->get_string()));
  const auto preset = services.store.presets().find(user, choice);
  if (!preset && preset.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::invalid_data, fmt::format("There is no preset {}.", std::string_view(named->get_string())),
                "preset");
  }
  if (!preset) return std::unexpected(preset.error());
  return account::apply_preset(*preset, operation, task);
}

Result<> expand_presets(const Services& services, UserId user, boost::json::object& body) {
  auto* const tasks = body.if_contains("tasks");
  if (tasks == nullptr || !tasks->is_object()) return {};  // told by whoever reads the whole
  for (auto& task : tasks->get_object()) {
    if (!task.value().is_object()) continue;
    auto& payload = task.value().get_object();
    const auto* const operation = payload.if_contains("operation");
    const std::string name = operation != nullptr && operation->is_string() ? std::string(operation->get_string()) : "";
    if (auto done = expand_preset(services, user, name, payload); !done) {
      auto error = std::move(done).error();
      if (error.field.empty()) return std::unexpected(std::move(error));
      error.message = fmt::format("Task {}: {}", std::string_view(task.key()), error.message);
      error.field = fmt::format("tasks.{}.{}", std::string_view(task.key()), error.field);
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

/// Ours: no endpoint of the service's is known, though its keys carry the scopes (core.md 3.2).
void add_preset_routes(Routes& routes) {
  using account::scope::preset_read;
  using account::scope::preset_write;
  routes.create("/v2/presets", preset_write, &create_preset);
  routes.get("/v2/presets", preset_read, &list_presets);
  routes.get("/v2/presets/{name}", preset_read, &show_preset);
  routes.get("/v2/presets/{name}/versions", preset_read, &list_versions);
  routes.add("PUT", "/v2/presets/{name}", preset_write,
             [](Call& call) { return once(call, &change_preset, {}); });  // each makes a version
  routes.del("/v2/presets/{name}", preset_write, &delete_preset);
}

}  // namespace recast::api
