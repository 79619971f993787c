#include "engines/archivetool/worker/spool.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "worker/worker.hpp"

namespace recast::engines::archivetool {

Result<std::uint64_t> Spool::fill(const Content& content) {
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) return std::unexpected(from_errno(errno, "spool"));
  size_ = 0;
  RECAST_CHECK(content([this](std::span<const char> bytes) {
    size_ += bytes.size();
    return worker::write_all(fd_, bytes);
  }));
  return size_;
}

Result<> Spool::read(const Take& take) const {
  std::vector<char> buffer(256 << 10);
  for (std::uint64_t done = 0; done < size_;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), size_ - done);
    const auto count = ::pread(fd_, buffer.data(), wanted, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(from_errno(count == 0 ? EIO : errno, "spool"));
    RECAST_CHECK(take({buffer.data(), static_cast<std::size_t>(count)}));
    done += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace recast::engines::archivetool
