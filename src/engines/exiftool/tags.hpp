#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace recast::engines::exiftool {

/// Whether a client may write a tag of this name: "Title", "XMP-dc:Title", "Title-de". Letters, digits and underscores;
/// groups are known ones that lie in the file. Tags that act on the file system or read other files (FileName,
/// Directory, SymLink, Geotag, …) are none.
bool is_writable_tag(std::string_view name);

/// A line of an argument file that writes one tag; with an empty value it removes it. The value stands there with
/// HTML entities for everything that means something to ExifTool or ends a line, so it cannot become an argument, an
/// operator or a file's name; ExifTool's option -E turns it back. invalid_data on "metadata" for a tag or a value that
/// cannot be.
Result<std::string> assignment(std::string_view tag, std::string_view value);

}  // namespace recast::engines::exiftool
