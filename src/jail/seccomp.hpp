#pragma once

#include <linux/filter.h>

#include <span>
#include <vector>

#include "base/result.hpp"

namespace recast::jail {

/// Which system calls a jailed process may make. AF_INET (but for `loopback`) and AF_INET6 sockets, namespaces, mounts,
/// tracing, keys, bpf and io_uring are refused to all of them (EPERM), foreign system call tables end the process.
struct CallRules {
  enum class Kind {
    codec,    ///< only what a codec library needs: memory, threads, the descriptors it has, private files
    library,  ///< anything but sockets, other processes and new programs
    program,  ///< may also fork, exec and use pairs of local sockets
  };
  Kind kind = Kind::program;
  bool local_sockets = false;  ///< for programs: AF_UNIX and netlink sockets
  bool loopback = false;       ///< and AF_INET ones, for who has a network of its own that leads nowhere
  /// Signals may go to other processes. False where neither a PID namespace, nor a uid of its own, nor Landlock
  /// protects the processes outside.
  bool signals = true;
};

/// A filter, built ahead so that loading it allocates nothing.
class CallFilter {
 public:
  static Result<CallFilter> make(const CallRules& rules);
  /// For the calling process and all its future children. Needs no_new_privs.
  Result<> load() const;
  std::size_t size() const { return program_.size(); }

 private:
  explicit CallFilter(std::vector<sock_filter> program) : program_(std::move(program)) {}
  std::vector<sock_filter> program_;
};

}  // namespace recast::jail
