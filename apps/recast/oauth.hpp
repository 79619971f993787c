#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast oauth clients …` and `recast oauth grants …`.
class OauthCommands {
 public:
  explicit OauthCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  void add_clients();
  void add_grants();
  int run_clients(const TargetFlags& target) const;
  int run_grants(const TargetFlags& target) const;

  CLI::App* group_;
  CLI::App* clients_ = nullptr;
  CLI::App* grants_ = nullptr;
  std::string id_, name_;
  std::vector<std::string> redirect_uris_, grant_types_;
  bool public_ = false, all_ = false, json_ = false;
};

}  // namespace recast::cli
