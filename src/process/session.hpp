#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "process/capture.hpp"
#include "process/report.hpp"
#include "process/runner.hpp"
#include "process/spawn.hpp"
#include "process/usage.hpp"
#include "process/wake.hpp"

namespace recast::process {

/// One run of recast-jail, from its start to the death of all it started.
class Session {
 public:
  Session(const Program& program, Deadline deadline);
  /// `jail` is the started recast-jail; the pipes are the reading ends of its standard output, standard error and
  /// report.
  Result<ExitReport> watch(Child jail, UniqueFd output, UniqueFd errors, UniqueFd report, const std::stop_token& stop);

 private:
  using Steady = std::chrono::steady_clock;
  void loop(Child& jail, UniqueFd& output, UniqueFd& errors, UniqueFd& report, const Wake& stopped,
            const std::stop_token& stop);
  void drain(UniqueFd& output, UniqueFd& errors, UniqueFd& report);
  void look_at_clock(Child& jail, const std::stop_token& stop);
  Exceeded look_at_files();
  void end(Child& jail, Exceeded reason);
  int next_timeout() const;
  std::unexpected<Error> not_started(std::string_view report) const;
  Result<ExitReport> conclude(const Child::End& end);
  Exceeded classify(const ExitReport& report) const;

  const Program& program_;
  const Deadline deadline_;
  OutputCapture output_;
  ErrorCapture errors_;
  std::string report_;
  std::optional<Child::End> end_;
  Exceeded reason_ = Exceeded::none;
  Steady::time_point next_look_;
  Steady::time_point kill_at_ = Steady::time_point::max();
  Usage out_;
};

}  // namespace recast::process
