#pragma once

#include <optional>
#include <string_view>

namespace recast::jail {

/// How strictly a process is confined; the same words as process::JailLevel, which travel as text between programs.
enum class Level { full, landlock, none };

constexpr std::string_view level_name(Level level) {
  return level == Level::full ? "full" : level == Level::landlock ? "landlock" : "none";
}

constexpr std::optional<Level> parse_level(std::string_view name) {
  for (const auto level : {Level::full, Level::landlock, Level::none}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

}  // namespace recast::jail
