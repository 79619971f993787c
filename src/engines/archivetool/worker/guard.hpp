#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace recast::engines::archivetool {

/// Counts what comes out of an archive and ends it before it becomes a bomb: more entries or bytes than allowed, or far
/// more bytes than any honest archive of this size holds. A few megabytes may be of any ratio.
class Guard {
 public:
  static constexpr std::uint64_t kHighestRatio = 250;
  static constexpr std::uint64_t kFreeBytes = 64ULL << 20;

  Guard(std::uint64_t most_entries, std::uint64_t most_bytes, std::uint64_t archive_size)
      : most_entries_(most_entries), most_bytes_(most_bytes), archive_size_(archive_size) {}

  Result<> entry();
  Result<> bytes(std::uint64_t count);

  std::uint64_t total() const { return bytes_; }

 private:
  std::uint64_t most_entries_, most_bytes_, archive_size_;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace recast::engines::archivetool
