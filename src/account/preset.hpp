#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

/// Named, versioned option sets that tasks may use: `"preset": "invoice-pdf"`, or `"invoice-pdf@3"`. Pure.
namespace recast::account {

struct Preset {
  std::string name;
  std::int64_t version = 1;
  std::string operation;
  std::string description;
  boost::json::object options;
  Time created{};
};

/// invalid_data on "name" for anything but 1 to 64 lower-case letters, digits, dots, dashes and underscores,
/// and for "." and "..".
Result<> check_preset_name(std::string_view name);

/// What a task asks for.
struct PresetChoice {
  std::string name;
  std::optional<std::int64_t> version;  ///< nullopt: the newest
};
/// invalid_data on "preset".
Result<PresetChoice> read_preset_choice(std::string_view text);

/// A task's options completed by those of a preset: what the task says itself wins, and null there means that the
/// preset's option is not wanted. `from_preset` names the version that was taken; `preset` is free for an engine's own
/// option of that name. invalid_data on "preset" if it is for another operation; `operation` empty takes that of the
/// preset.
Result<> apply_preset(const Preset& preset, std::string_view operation, boost::json::object& task);

}  // namespace recast::account
