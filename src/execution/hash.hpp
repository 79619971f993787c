#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace recast::execution {

/// SHA-256 of a file's content, in lower-case hex.
Result<std::string> sha256_of(const std::filesystem::path& file);

}  // namespace recast::execution
