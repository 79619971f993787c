#pragma once

#include <filesystem>
#include <span>

#include "base/result.hpp"

namespace recast::jail {

/// What Landlock lets a process do below one path. Nothing else is reachable.
struct FileRule {
  enum class Access {
    read,         ///< read files, list folders
    run,          ///< and execute
    device,       ///< read and write an existing file
    write,        ///< all but executing, devices and sockets
    write_local,  ///< and local sockets
  };
  std::filesystem::path path;  ///< missing ones are skipped
  Access access = Access::read;
};

/// The version of Landlock this kernel offers; 0 if none.
int landlock_version();

/// TCP, as far as the kernel knows how to refuse it. Allowed for who has a network of its own that leads nowhere.
enum class Connections { refused, allowed };

/// Restricts the calling process and all its future children to `rules`, without TCP, and without signals and abstract
/// sockets to the outside, as far as the kernel knows how. Needs no_new_privs. An Error if the kernel has no Landlock.
Result<> restrict_files(std::span<const FileRule> rules, Connections connections = Connections::refused);

}  // namespace recast::jail
