#pragma once

#include <span>
#include <string_view>

namespace recast::engines::archivetool {

/// Formats that libarchive reads by itself, without starting programs. A single compressed file counts as an archive of
/// one file.
std::span<const std::string_view> readable();
/// Formats that it writes.
std::span<const std::string_view> writable();

}  // namespace recast::engines::archivetool
