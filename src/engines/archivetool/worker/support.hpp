#pragma once

#include <string_view>

#include "base/result.hpp"
#include "engines/archivetool/worker/library.hpp"

namespace recast::engines::archivetool {

/// Makes `reader` ready for files of one format and nothing else: what is not expected is not parsed. Never a filter
/// that would start a program. "single" is a compressed file of whatever content.
Result<> support_format(archive* reader, std::string_view format);

}  // namespace recast::engines::archivetool
