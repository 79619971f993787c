#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast presets …`.
class PresetCommands {
 public:
  explicit PresetCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  int save(const TargetFlags& target) const;

  CLI::App* group_;
  std::string name_, operation_, description_;
  std::vector<std::string> options_;
  bool json_ = false;
};

}  // namespace recast::cli
