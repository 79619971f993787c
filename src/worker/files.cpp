#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "base/io.hpp"
#include "worker/worker.hpp"

namespace recast::worker {

Result<std::vector<char>> read_all(int fd, std::uint64_t limit) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return std::unexpected(from_errno(errno, "input"));
  const auto size = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  if (size > limit) return fail(ErrorCode::file_too_large, "The file is too large.");
  std::vector<char> bytes(size);
  for (std::size_t have = 0; have < bytes.size();) {
    const auto count = ::pread(fd, bytes.data() + have, bytes.size() - have, static_cast<off_t>(have));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(from_errno(errno, "input"));
    if (count == 0) return fail(ErrorCode::open_failed, "The file became shorter while it was read.");
    have += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<> write_all(int fd, std::span<const char> bytes) {
  const int error = recast::write_all(fd, std::string_view(bytes.data(), bytes.size()));
  if (error == EFBIG) return fail(ErrorCode::output_limit, "The result is larger than allowed.");
  if (error != 0) return std::unexpected(from_errno(error, "output"));
  return {};
}

Result<> append_to_sequence(int fd, std::span<const char> bytes) {
  std::array<char, 8> length{};
  for (std::size_t i = 0; i < length.size(); ++i) length.at(i) = static_cast<char>(bytes.size() >> (8 * i) & 0xFF);
  if (::lseek(fd, 0, SEEK_END) < 0) return std::unexpected(from_errno(errno, "output"));
  RECAST_CHECK(write_all(fd, length));
  return write_all(fd, bytes);
}

}  // namespace recast::worker
