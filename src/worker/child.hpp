#pragma once

#include "base/unique_handle.hpp"
#include "worker/confinement.hpp"
#include "worker/worker.hpp"

namespace recast::worker {

/// What a forked child does, to its end: locks itself in, prepares, waits for its job, does it, answers.
/// `socket` leads to the parent. Returns the exit status; the caller leaves by _exit().
int run_child(Worker& worker, Confinement& confinement, unsigned slot, UniqueFd socket);

}  // namespace recast::worker
