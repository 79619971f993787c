#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::process {

/// A program to be started. It gets exactly these arguments, this environment and these descriptors; its standard input
/// is empty. It leads a process group of its own, with default signal handling.
struct Spawn {
  std::string executable;
  std::vector<std::string> arguments;  ///< with argv[0]
  std::vector<std::string> environment;
  std::vector<int> descriptors;  ///< become 1, 2, 3, … in this order
};

/// A started child, watched through a pidfd. Dropping it kills its process group and reaps it.
class Child {
 public:
  static Result<Child> start(const Spawn& spawn);
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  pid_t pid() const { return pid_; }
  /// Readable once the child has ended.
  int descriptor() const { return handle_.get(); }
  void signal(int number) const;  ///< to the child alone
  void kill_group() const;        ///< SIGKILL to the whole group
  /// Reaps it if it has ended, and kills what is left of its group.
  struct End {
    int status = 0;                   ///< as waitpid() gives it
    std::chrono::microseconds cpu{};  ///< of it and all it waited for
    std::uint64_t max_rss = 0;        ///< bytes, of the largest of them
  };
  std::optional<End> reap();

 private:
  Child(pid_t pid, UniqueFd handle) : pid_(pid), handle_(std::move(handle)) {}
  void end();
  pid_t pid_ = 0;  ///< 0 once reaped
  UniqueFd handle_;
};

/// Both ends closed on exec.
struct Pipe {
  UniqueFd reading;
  UniqueFd writing;
  static Result<Pipe> make();  ///< the reading end does not block
};

}  // namespace recast::process
