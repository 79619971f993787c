#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.hpp"

namespace recast::execution {

/// Hashes of a file's content, in lower-case hex. `cancelled` if it is stopped.
Result<std::string> sha256_of(const std::filesystem::path& file, const std::stop_token& stop);
Result<std::string> md5_of(const std::filesystem::path& file, const std::stop_token& stop);

}  // namespace recast::execution
