#pragma once

#include <span>
#include <string_view>

/// The formats CloudConvert names, and why some of them cannot be read or written with free software.
namespace recast::format {

/// The 213 tokens of CloudConvert's list, as clients spell them, by family.
std::span<const std::string_view> promised();

/// Why nothing reads or writes a format (canonical token), as a clause such as "no free software reads it"; empty if
/// nothing is known against it. It may still be that no engine which could is installed.
std::string_view why_never_read(std::string_view token);
std::string_view why_never_written(std::string_view token);

}  // namespace recast::format
