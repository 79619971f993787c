#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace recast::jail {

/// Takes the uid and gid `uid` (if given), drops every capability and every way to gain one (no_new_privs).
Result<> drop_privileges(std::optional<uid_t> uid);

/// Keeps only what a worker's parent needs to jail and end its children: administration of its namespaces, changing
/// uid, chown, kill. No new privileges through exec.
Result<> keep_parent_capabilities();

/// Has the kernel send `signal` to the calling process when its parent (the thread that forked it) ends. To be called
/// again after a change of uid, which forgets it.
Result<> die_with_parent(int signal);

/// Adds to the limits what the calling process already uses or shares.
struct Allowance {
  std::uint64_t memory = 0;        ///< bytes of writable memory it was born with
  std::uint64_t processes = 0;     ///< processes of the same uid that are not part of the step
  std::uint64_t cpu_seconds = 0;   ///< processor time already spent
  bool cpu_kills_at_once = false;  ///< the first process of a PID namespace does not hear SIGXCPU
};

/// Lowers the calling process's resource limits for good: memory, CPU, file size, descriptors, processes, no core
/// files.
Result<> apply_limits(const Limits& limits, const Allowance& allowance);

/// Writable memory of the calling process as RLIMIT_DATA counts it, read below `proc`, a descriptor of /proc.
std::uint64_t writable_memory(int proc);
/// Threads of all processes with the real uid `uid`.
std::uint64_t processes_of(uid_t uid);

}  // namespace recast::jail
