#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "engine/catalogue.hpp"
#include "net/client.hpp"
#include "operation/operation.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"
#include "schema/field.hpp"

namespace recast::execution {

namespace fs = std::filesystem;

/// The operator's caps on every engine step, settings section "limits". They lower what an engine's plan allows.
struct Settings {
  std::int64_t cpu_seconds = 18000;
  std::int64_t memory_bytes = 4LL << 30;
  std::int64_t output_bytes = 10'000'000'000;
  std::int64_t files = 10'000;
  std::int64_t processes = 128;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::cpu_seconds, "cpu_seconds",
                    "Processor seconds of one engine process (CPU_LIMIT_EXCEEDED).", {.min = 1}),
      schema::field(&Settings::memory_bytes, "memory_bytes",
                    "Writable memory of one engine process (MEMORY_LIMIT_EXCEEDED).", {.min = 16 << 20}),
      schema::field(&Settings::output_bytes, "output_bytes", "Bytes a step may write in all (OUTPUT_LIMIT_EXCEEDED).",
                    {.min = 1}),
      schema::field(&Settings::files, "files", "Files a step may leave (OUTPUT_LIMIT_EXCEEDED).",
                    {.min = 1, .max = 10'000'000}),
      schema::field(&Settings::processes, "processes", "Processes and threads of a step (PROCESS_LIMIT_EXCEEDED).",
                    {.min = 1, .max = 100000}),
  };
};

/// Where an installation's program is: below `prefix` (itself, or its bin/ or program/), or on the system's fixed path
/// when there is no prefix or it does not have the program. Empty if nowhere.
fs::path find_program(const std::string& program, const std::string& prefix);

/// Told of every step that ran: for metrics. `engine` is the program or worker name.
struct StepEnd {
  std::string engine;
  std::chrono::microseconds setup{};
  bool ok = false;
};

/// Carries out engine plans: lays out the folder, runs each step in its jail, gathers the outputs. Safe from many
/// threads.
class Executor {
 public:
  Executor(const Settings& settings, process::Runner& runner, process::Workers& workers,
           std::function<void(const StepEnd&)> on_step = {});

  struct Run {
    const operation::Execution* execution = nullptr;
    fs::path folder;  ///< to be created: in/, out/, tmp/
    Deadline deadline;
    std::stop_token stop;
    std::function<void(int)> on_percent;    ///< 0 to 100 of this execution
    boost::json::object* report = nullptr;  ///< gets a member "steps", and what a worker has to report
    net::Client* net = nullptr;             ///< the way out of steps with `outbound`; without it they fail
  };
  /// Failures carry the limit's own code, the engine's explanation, or conversion_failed.
  Result<operation::Executed> execute(const Run& run);

  process::Workers& workers() { return workers_; }

 private:
  Result<> run_program(const Run& run, const engine::ProgramStep& step, const std::function<void(int)>& on_percent,
                       operation::Executed& done);
  Result<> run_worker(const Run& run, const engine::WorkerStep& step, const std::function<void(int)>& on_percent,
                      operation::Executed& done);
  Limits capped(Limits limits) const;

  const Settings& settings_;
  process::Runner& runner_;
  process::Workers& workers_;
  std::function<void(const StepEnd&)> on_step_;
};

/// The task error of a step that did not end well: limits first, then what the engine makes of it.
Error explain(const process::ExitReport& report, const engine::Plan& plan);

}  // namespace recast::execution
