#include "account/preset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace recast::account {

namespace {

constexpr std::size_t kLongestName = 64;

bool is_name(std::string_view name) {
  const bool is_folder = name == "." || name == "..";  // clients resolve these in a path
  return !name.empty() && !is_folder && name.size() <= kLongestName && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace

Result<> check_preset_name(std::string_view name) {
  if (is_name(name)) return {};
  return fail(ErrorCode::invalid_data,
              "The name may only have lower-case letters, digits, dots, dashes and underscores, at most 64.", "name");
}

Result<PresetChoice> read_preset_choice(std::string_view text) {
  PresetChoice choice;
  const auto at = text.find('@');
  choice.name = text.substr(0, at);
  if (at != std::string_view::npos) {
    const auto number = text.substr(at + 1);
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), version);
    if (error != std::errc() || end != number.data() + number.size() || version < 1) {
      return fail(ErrorCode::invalid_data, "The preset must be a name, or a name, @ and the number of a version.",
                  "preset");
    }
    choice.version = version;
  }
  if (!is_name(choice.name)) return fail(ErrorCode::invalid_data, "The selected preset is invalid.", "preset");
  return choice;
}

Result<> apply_preset(const Preset& preset, std::string_view operation, boost::json::object& task) {
  if (operation.empty()) {
    task["operation"] = preset.operation;
  } else if (operation != preset.operation) {
    return fail(ErrorCode::invalid_data, fmt::format("The preset {} is for {}.", preset.name, preset.operation),
                "preset");
  }
  task.erase("preset");
  for (const auto& option : preset.options) {
    if (!task.contains(option.key())) task[option.key()] = option.value();
  }
  task["from_preset"] = fmt::format("{}@{}", preset.name, preset.version);
  return {};
}

}  // namespace recast::account
