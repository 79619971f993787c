#pragma once

#include <span>
#include <string_view>

namespace recast::engines::archivetool {

/// Formats that libarchive reads by itself, without starting programs. A single compressed file counts as an archive of
/// one file.
std::span<const std::string_view> readable();
/// Formats that it writes and that hold any number of files.
std::span<const std::string_view> writable();
/// Formats that it writes and that are one compressed file.
std::span<const std::string_view> singles();

/// A format of which a program of its own makes or opens the outer layer, and libarchive does what is in it.
struct Wrapped {
  std::string_view name;
  std::string_view inner;    ///< "tar", or "plain" for one file as it is
  std::string_view program;  ///< what has to be installed
  bool reads = true;         ///< whether it opens the layer; libarchive does otherwise
};
std::span<const Wrapped> wrapped();
/// The row of a format; nullptr if it has none.
const Wrapped* find_wrapped(std::string_view name);

}  // namespace recast::engines::archivetool
