#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace recast::process {

/// Which limit ended a step. Each has its own error code (hostile.md 2.6).
enum class Exceeded { none, wall, cpu, memory, output, files, processes, cancelled };

/// The task's error for a limit; nullopt for none.
std::optional<Error> limit_error(Exceeded exceeded);

/// How one step ended, for a program and for a resident worker's child alike.
struct ExitReport {
  int exit_code = 0;  ///< meaningful if `signal` is 0
  int signal = 0;     ///< the signal that ended it, or 0
  Exceeded exceeded = Exceeded::none;
  std::string output;                 ///< standard output: all up to 1 MiB
  std::string errors;                 ///< standard error: the last 16 KiB, valid UTF-8, control characters dropped
  std::chrono::microseconds setup{};  ///< time from start to a finished jail
  std::chrono::microseconds cpu{};    ///< user and system time of all its processes
  std::uint64_t max_rss = 0;          ///< bytes, of the largest process

  bool ok() const { return exit_code == 0 && signal == 0 && exceeded == Exceeded::none; }
};

}  // namespace recast::process
