#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace recast::storages::google {

/// How far unpacking may go.
struct UnpackLimits {
  std::uint64_t max_bytes = 0;
  Deadline deadline;
  std::stop_token stop;
};

/// Unpacks a gzip file (all its members) in place; its new size. A file that is no gzip stays as it is: stores say so
/// of such files, too. unavailable if it is damaged, file_too_large, timeout, cancelled, disk_full.
Result<std::uint64_t> unpack_gzip(const std::filesystem::path& file, const UnpackLimits& limits);

}  // namespace recast::storages::google
