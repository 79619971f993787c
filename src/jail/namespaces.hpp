#pragma once

#include <sys/types.h>

#include "base/result.hpp"

namespace recast::jail {

/// What a process got from enter_namespaces().
struct Namespaces {
  bool own_user = false;  ///< it lives in a user namespace: it cannot take another uid
};

/// Puts the calling process, which must have one thread, into new mount, network, IPC and UTS namespaces, and the
/// children it forks from now on into a new PID namespace. Without CAP_SYS_ADMIN this happens inside a new user
/// namespace in which it keeps its uid and gid. Needs /proc.
Result<Namespaces> enter_namespaces();

/// A user namespace for the calling process alone, in which it keeps its uid and gid; gives it a process count
/// (RLIMIT_NPROC) of its own. `proc` is a descriptor of /proc. Ends all rights over the namespaces it was in.
Result<> enter_user_namespace(int proc);

/// Switches on the loopback interface of the calling process's network namespace. Needs CAP_NET_ADMIN over it.
Result<> raise_loopback();

/// Whether the calling process may create namespaces and mount without a user namespace.
bool can_administer();

}  // namespace recast::jail
