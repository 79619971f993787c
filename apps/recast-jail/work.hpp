#pragma once

#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "jail/landlock.hpp"
#include "jail/root.hpp"
#include "options.hpp"

namespace recast::jail_program {

/// As root: gives out/ and tmp/ to the program's uid and lets it read in/. Makes out/ and tmp/ where they are missing.
Result<> hand_over_work(const Options& options);

/// The private root of a full jail: the system, what the program may read, and the work folder as /job.
jail::Root private_root(const Options& options);

/// What Landlock lets the program reach, seen from inside the jail.
std::vector<jail::FileRule> file_rules(const Options& options);

/// The working folder, seen from inside the jail.
fs::path working_folder(const Options& options);

}  // namespace recast::jail_program
