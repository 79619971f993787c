#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.hpp"

namespace recast::execution {

/// SHA-256 of a file's content, in lower-case hex. `cancelled` if it is stopped.
Result<std::string> sha256_of(const std::filesystem::path& file, const std::stop_token& stop);

}  // namespace recast::execution
