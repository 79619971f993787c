#pragma once

#include "options.hpp"

namespace recast::jail_program {

/// Runs the program in its jail and reports. Returns the exit status of recast-jail.
int run(const Options& options);

/// Prints what this machine can do. Returns the exit status of recast-jail.
int probe();

}  // namespace recast::jail_program
