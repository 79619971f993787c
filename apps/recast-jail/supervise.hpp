#pragma once

#include <sys/types.h>

#include <chrono>
#include <string_view>

#include "base/result.hpp"
#include "jail/seccomp.hpp"
#include "options.hpp"

namespace recast::jail_program {

/// How the jailed program ended.
struct Outcome {
  int code = 0;
  int signal = 0;
  /// What a shell would show.
  int status() const { return signal == 0 ? code : 128 + signal; }
};

/// Starts the program as a child, waits for it, ends whatever it left behind, and writes the report. The caller is the
/// first process of a PID namespace (`first`), or adopts orphans. SIGTERM, which must be blocked, ends the program.
Result<Outcome> supervise(const Options& options, const jail::CallFilter* filter, bool first,
                          std::chrono::steady_clock::time_point started);

/// One line of the report.
void report(const Options& options, std::string_view line);

}  // namespace recast::jail_program
