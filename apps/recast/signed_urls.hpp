#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast signed-urls …`.
class SignedUrlCommands {
 public:
  explicit SignedUrlCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  int sign(const TargetFlags& target) const;

  CLI::App* group_;
  std::string id_, name_, job_file_ = "-", cache_key_;
  bool json_ = false;
};

}  // namespace recast::cli
