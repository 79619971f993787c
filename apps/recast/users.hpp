#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast users …`.
class UserCommands {
 public:
  explicit UserCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  int set_password(const TargetFlags& target, const std::string& user) const;
  int invite(const TargetFlags& target) const;

  CLI::App* group_;
  std::string id_, name_, key_name_ = "command line", email_, role_, subject_, issuer_, identity_;
  std::optional<std::int64_t> expires_in_;
  bool administrator_ = false;
  bool end_ = false;
  bool json_ = false;
};

}  // namespace recast::cli
