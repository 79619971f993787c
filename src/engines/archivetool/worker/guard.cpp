#include "engines/archivetool/worker/guard.hpp"

#include <fmt/format.h>

namespace recast::engines::archivetool {

Result<> Guard::entry() {
  if (++entries_ <= most_entries_) return {};
  return fail(ErrorCode::output_limit, fmt::format("The archive has more than {} entries.", most_entries_));
}

Result<> Guard::bytes(std::uint64_t count) {
  // A size that an archive claims may be close to the largest number.
  bytes_ = count > UINT64_MAX - bytes_ ? UINT64_MAX : bytes_ + count;
  if (bytes_ > most_bytes_)
    return fail(ErrorCode::output_limit, fmt::format("The archive holds more than {} bytes.", most_bytes_));
  if (bytes_ > kFreeBytes && bytes_ / kHighestRatio > archive_size_) {
    return fail(ErrorCode::output_limit,
                fmt::format("The archive unpacks to more than {} times its size.", kHighestRatio));
  }
  return {};
}

}  // namespace recast::engines::archivetool
