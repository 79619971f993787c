#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast sandbox …`.
class SandboxCommands {
 public:
  explicit SandboxCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  int allow_files(const TargetFlags& target) const;
  int remove(const TargetFlags& target) const;
  std::string path() const;

  CLI::App* group_;
  std::vector<std::string> files_, hashes_;
  std::string name_, user_;
  bool json_ = false;
};

}  // namespace recast::cli
