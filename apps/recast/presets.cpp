#include "presets.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "ask.hpp"
#include "assignments.hpp"
#include "base/text.hpp"

namespace recast::cli {

namespace {

constexpr std::string_view kPath = "/v2/presets";

std::string id_of(const json::value& preset) {
  return fmt::format("{}@{}", text_of(preset, "name"), text_of(preset, "version"));
}

void print_preset(const json::value& preset) {
  fmt::print("preset {} for {}\n", id_of(preset), text_of(preset, "operation"));
  if (const auto text = text_of(preset, "description"); !text.empty()) fmt::print("  {}\n", text);
  for (const auto& [name, value] : preset.at("options").as_object())
    fmt::print("  {}={}\n", std::string_view(name),
               value.is_string() ? text_of(preset.at("options"), name) : json::serialize(value));
}

void print_presets(const json::value& presets) {
  for (const auto& one : presets.as_array()) {
    fmt::print("{:<24}  {:<16}  {}  {}\n", id_of(one), text_of(one, "operation"), text_of(one, "created_at"),
               text_of(one, "description"));
  }
}

}  // namespace

PresetCommands::PresetCommands(CLI::App& app)
    : group_(app.add_subcommand("presets", "Sets of options that tasks use by name")) {
  group_->require_subcommand(1);
  const auto command = [this](const char* name, const char* doc) {
    auto* const one = group_->add_subcommand(name, doc);
    one->add_flag("--json", json_, "As JSON");
    return one;
  };
  const auto of_one = [&](const char* name, const char* doc, const char* what) {
    auto* const one = command(name, doc);
    one->add_option("name", name_, what)->required();
    return one;
  };
  command("list", "List presets");
  of_one("show", "Show one with its options", "Name of the preset, or name@version");
  auto* const save = of_one("save", "Make one, or a further version of it", "Name of the preset");
  save->add_option("--operation", operation_, "The operation that it is for, such as convert")->required();
  save->add_option("--option,-o,--set,-s", options_, "An option: name=value")->allow_extra_args(false);
  save->add_option("--description", description_, "What it is for, for people");
  of_one("versions", "List the versions of one, newest first", "Name of the preset");
  of_one("delete", "Remove one with all its versions", "Name of the preset");
}

int PresetCommands::save(const TargetFlags& target) const {
  auto options = read_assignments(options_, "--option");
  if (!options) return complain(options.error());
  json::object body{{"operation", operation_}, {"description", description_}, {"options", *std::move(options)}};
  const auto one = fmt::format("{}/{}", kPath, percent_encode(name_));
  return ask_server(
      target, json_,
      [&](Client& client) {
        auto changed = client.put(one, body);
        if (changed || changed.error().code != ErrorCode::not_found) return changed;
        body["name"] = name_;
        return client.post(kPath, body);
      },
      print_preset);
}

std::optional<int> PresetCommands::run(const TargetFlags& target) const {
  if (!group_->parsed()) return std::nullopt;
  const auto one = fmt::format("{}/{}", kPath, percent_encode(name_));
  const auto chosen = [&](const char* name) { return group_->got_subcommand(name); };
  if (chosen("list")) return list_at_server(target, json_, std::string(kPath), print_presets);
  if (chosen("versions")) return list_at_server(target, json_, one + "/versions", print_presets);
  if (chosen("show")) {
    return ask_server(
        target, json_, [&](Client& client) { return client.get(one); }, print_preset);
  }
  return chosen("save") ? save(target) : remove_at_server(target, one);
}

}  // namespace recast::cli
