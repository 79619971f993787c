#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/plan.hpp"

/// What a command's program prints, and what it leaves.
namespace recast::operations::command {

/// Valid UTF-8 without control characters; of lines that were written over (progress meters) the last state.
std::string clean(std::string_view printed);

/// One sentence on why it failed: the last lines it printed.
std::string why(std::string_view command, const engine::StepEnd& end);

/// "run-1/out/folder/name" as "folder/name".
std::string below_output(std::string_view path);

/// Percent from what ffmpeg prints: "Duration: 00:01:00.00" and then "time=00:00:30.00". Copies share what they
/// learned.
class Progress {
 public:
  std::optional<int> operator()(std::string_view line) const;

 private:
  std::shared_ptr<double> duration_ = std::make_shared<double>(0);
};

}  // namespace recast::operations::command
