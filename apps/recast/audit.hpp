#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast audit …`.
class AuditCommands {
 public:
  explicit AuditCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  CLI::App* group_;
  std::int64_t after_ = 0;
  std::int64_t page_ = 1;
  bool json_ = false;
};

}  // namespace recast::cli
