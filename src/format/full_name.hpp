#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace recast::format {

/// The name of a file that arrives (import-export.md 2.5): cleaned as by clean_file_name, and where it has no extension
/// with the one that the file's first bytes suggest, if any.
std::string full_file_name(std::string_view name, std::string_view first_bytes);
/// The same for a file on the disk, which is read only if need be.
std::string full_file_name(std::string_view name, const std::filesystem::path& file);

}  // namespace recast::format
