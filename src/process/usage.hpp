#pragma once

#include <cstdint>
#include <filesystem>

namespace recast::process {

/// What lies below a folder, counted without following links.
struct Usage {
  std::uint64_t bytes = 0;
  std::uint64_t largest = 0;  ///< bytes of the largest file
  std::uint64_t files = 0;    ///< files and folders
  bool too_many = false;      ///< counting stopped: more than `most` of them, or nested deeper than 64 folders
};

/// Safe on a folder that a hostile program is changing meanwhile. A folder that cannot be read counts as empty.
Usage measure(const std::filesystem::path& folder, std::uint64_t most);

/// Removes from below `folder` whatever is neither a regular file nor a folder: links and pipes that a later reader
/// could be led astray by. For after the program has ended.
void remove_special_files(const std::filesystem::path& folder);

}  // namespace recast::process
