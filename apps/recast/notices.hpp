#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "target.hpp"

namespace recast::cli {

/// `recast notices …`. Lives as long as the parser.
class NoticeCommands {
 public:
  explicit NoticeCommands(CLI::App& app);
  std::optional<int> run(const TargetFlags& target) const;  ///< the exit status, or nullopt: not asked for

 private:
  int settings(const TargetFlags& target) const;

  CLI::App* group_;
  std::string id_;
  std::optional<std::string> language_;
  std::vector<std::string> mail_;
  bool unread_ = false;
  std::int64_t page_ = 1;
  bool json_ = false;
};

}  // namespace recast::cli
