#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace recast::jail {

namespace fs = std::filesystem;

/// A piece of the real file system shown in a private root.
struct Bind {
  enum class Mode { read_only, writable, device };
  fs::path source;
  fs::path target;  ///< absolute, inside the private root
  Mode mode = Mode::read_only;
};

struct Tmpfs {
  fs::path target;
  std::uint64_t bytes = 0;
  uid_t owner = 0;
  unsigned mode = 0700;
  bool running = false;  ///< whether files in it may be executed
};

/// A root folder of its own for a process: an in-memory folder with the listed pieces bound into it.
struct Root {
  fs::path mount_point;           ///< any existing folder; what it holds is hidden from this process from now on
  std::vector<Bind> binds;        ///< missing sources are skipped; a target inside an earlier one is skipped too
  std::vector<fs::path> folders;  ///< empty folders to make
  std::vector<Tmpfs> scratch;
  std::uint64_t bytes = 1 << 20;  ///< size of the root itself
  bool proc = false;  ///< /proc of the calling process's PID namespace, without the kernel's own files; left out where
                      ///< the kernel refuses it
  bool writable = false;  ///< leaves the root writable for the caller (a worker's parent)
};

/// The pieces every jail shows: /usr, fonts, alternatives, the linker's cache, /lib and its like, /dev/null and its
/// like.
std::vector<Bind> system_binds();

/// Makes `root` the root of the calling process, which is alone in its mount namespace and may mount.
/// Afterwards the working folder is "/".
Result<> enter_root(const Root& root);

/// Mounts one more in-memory folder, for a process inside a private root.
Result<> mount_scratch(const Tmpfs& tmpfs);
/// Mounts /proc of the calling process's PID namespace at an existing folder, without the kernel's own files.
Result<> mount_proc(const fs::path& target);

}  // namespace recast::jail
