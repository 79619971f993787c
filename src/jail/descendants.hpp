#pragma once

#include <sys/types.h>

#include <chrono>
#include <span>

namespace recast::jail {

/// Makes orphaned descendants of the calling process its children, so that it can find and end them.
void adopt_orphans();

/// Kills and reaps every child of the calling process but `spare`, and theirs as they become its own, until none is
/// left or `limit` has passed. For where no PID namespace does it; needs /proc and adopt_orphans(). False if some are
/// left.
bool kill_descendants(std::span<const pid_t> spare, std::chrono::milliseconds limit);

}  // namespace recast::jail
