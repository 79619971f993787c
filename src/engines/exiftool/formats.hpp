#pragma once

#include <span>
#include <string_view>

namespace recast::engines::exiftool {

/// Formats whose metadata ExifTool reads, and those it can write it into.
std::span<const std::string_view> readable();
std::span<const std::string_view> writable();

}  // namespace recast::engines::exiftool
