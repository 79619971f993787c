#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace recast::process {

/// One file inside a sequence.
struct SequencePart {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// A worker leaves several outputs in one file, each as an 8-byte little-endian length and its bytes
/// (worker::append_to_sequence). Finds them, from the start of `fd`. The file comes from a jail and may say anything:
/// conversion_failed if it ends inside a part, output_limit for more than `limits.files` parts or `limits.output`
/// bytes.
Result<std::vector<SequencePart>> sequence_parts(int fd, const Limits& limits);

/// Writes each part into a new file of its own; `name` gives the path for part 0, 1, … The paths, in order.
/// On an Error nothing of it is left. A sequence that is open for writing is cut off part by part, from its end, so
/// that the disk never holds the whole of it twice.
Result<std::vector<std::filesystem::path>> split_sequence(
    int fd, const Limits& limits, const std::function<std::filesystem::path(std::size_t)>& name);

/// One file of a named sequence. The name is what a jail says: to be checked before it is used.
struct NamedPart {
  std::string name;
  SequencePart content;
};
inline constexpr std::uint64_t kLongestPartName = 4096;

/// A named sequence (worker::NamedSequence) has two parts for each file: its name and its content. As sequence_parts();
/// `limits.files` counts files.
Result<std::vector<NamedPart>> named_parts(int fd, const Limits& limits);
/// As split_sequence(), of a named sequence: the names, in the order of the files.
Result<std::vector<std::string>> split_named_sequence(int fd, const Limits& limits,
                                                      const std::function<std::filesystem::path(std::size_t)>& path);

}  // namespace recast::process
