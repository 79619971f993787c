#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "target.hpp"

namespace recast::cli {

/// The commands `recast webhooks …`.
class WebhookCommands {
 public:
  explicit WebhookCommands(CLI::App& app);
  /// The exit status, if one of them was given.
  std::optional<int> run(const TargetFlags& target) const;

 private:
  CLI::App* group_;
  std::string id_, url_;
  std::vector<std::string> events_{"job.finished", "job.failed"};
  std::optional<std::int64_t> overlap_;
  std::int64_t page_ = 1;
  bool json_ = false;
};

}  // namespace recast::cli
