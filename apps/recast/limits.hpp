#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client.hpp"
#include "target.hpp"

namespace recast::cli {

/// Flags that make a quota: --jobs-in-flight 5, --operation convert, …
class QuotaFlags {
 public:
  /// `prefix` goes before each name: "quota-" makes --quota-jobs-in-flight.
  void add(CLI::App& command, const std::string& prefix = {});
  /// What was said; empty if nothing was.
  json::object object() const;

 private:
  std::vector<std::pair<const char*, std::optional<std::int64_t>>> numbers_;  ///< by member; not moved once added
  std::vector<std::string> operations_, formats_;
};

/// The commands `recast credits …` and `recast quotas …`.
class LimitCommands {
 public:
  explicit LimitCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  void add_credits(CLI::App& app);
  void add_quotas(CLI::App& app);
  int run_credits(const TargetFlags& target) const;
  int run_quotas(const TargetFlags& target) const;
  std::string of_user(std::string_view what) const;

  CLI::App* credits_ = nullptr;
  CLI::App* quotas_ = nullptr;
  std::string user_, note_;
  std::int64_t amount_ = 0;
  int page_ = 1;
  QuotaFlags quota_;
  bool off_ = false;
  bool json_ = false;
};

}  // namespace recast::cli
