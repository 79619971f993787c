#include "storages/google_cloud_storage/unpack.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <new>
#include <vector>

#include "base/unique_handle.hpp"

namespace recast::storages::google {

namespace {

constexpr std::size_t kPiece = 1 << 18;
constexpr int kGzip = 16;  // added to the window bits: a gzip header is expected

/// zlib's state for one member after the other.
class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, MAX_WBITS + kGzip) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream& operator*() { return stream_; }

 private:
  z_stream stream_{};
};

std::unexpected<Error> damaged() {
  return fail(ErrorCode::unavailable, "the object is said to be packed by gzip, but it is damaged");
}

Result<> write_all(int descriptor, const unsigned char* bytes, std::size_t size) {
  while (size > 0) {
    const auto done = ::write(descriptor, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return std::unexpected(from_errno(errno, "The download cannot be written"));
    bytes += done;
    size -= static_cast<std::size_t>(done);
  }
  return {};
}

Result<std::size_t> read_some(int descriptor, std::vector<unsigned char>& buffer) {
  for (;;) {
    const auto got = ::read(descriptor, buffer.data(), buffer.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::unexpected(from_errno(errno, "The file cannot be read"));
  }
}

bool is_gzip(int descriptor) {
  unsigned char magic[2] = {};
  return ::pread(descriptor, magic, sizeof magic, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

Result<> go_on(const UnpackLimits& limits) {
  if (limits.stop.stop_requested()) return fail(ErrorCode::cancelled, "The task was cancelled");
  if (limits.deadline.expired()) return fail(ErrorCode::timeout, "the time is over");
  return {};
}

Result<std::uint64_t> unpack(int from, int to, const UnpackLimits& limits) {
  Inflater inflater;
  auto& stream = *inflater;
  std::vector<unsigned char> in(kPiece);
  std::vector<unsigned char> out(kPiece);
  std::uint64_t written = 0;
  int state = Z_OK;
  for (;;) {
    if (stream.avail_in == 0) {
      RECAST_CHECK(go_on(limits));
      RECAST_TRY(const auto got, read_some(from, in));
      if (got == 0) break;
      stream.next_in = in.data();
      stream.avail_in = static_cast<uInt>(got);
    }
    if (state == Z_STREAM_END) {
      if (stream.next_in[0] != 0x1f) return written;  // padding behind the last member
      inflateReset(&stream);
    }
    do {
      stream.next_out = out.data();
      stream.avail_out = static_cast<uInt>(out.size());
      state = inflate(&stream, Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return damaged();
      const auto size = out.size() - stream.avail_out;
      if (written + size > limits.max_bytes) {
        return fail(ErrorCode::file_too_large,
                    fmt::format("The file exceeds the maximum size of {} bytes", limits.max_bytes));
      }
      RECAST_CHECK(write_all(to, out.data(), size));
      written += size;
      RECAST_CHECK(go_on(limits));
    } while (state != Z_STREAM_END && stream.avail_out == 0);
  }
  if (state != Z_STREAM_END) return damaged();
  return written;
}

}  // namespace

Result<std::uint64_t> unpack_gzip(const std::filesystem::path& file, const UnpackLimits& limits) {
  const UniqueFd from(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status {};
  if (!from || ::fstat(from.get(), &status) != 0) return std::unexpected(from_errno(errno, "The file cannot be read"));
  if (!is_gzip(from.get())) return static_cast<std::uint64_t>(status.st_size);
  auto unpacked = file;
  unpacked += ".unpacked";
  const UniqueFd to(::open(unpacked.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!to) return std::unexpected(from_errno(errno, "The download cannot be written"));
  auto size = unpack(from.get(), to.get(), limits);
  std::error_code problem;
  if (size) {
    std::filesystem::rename(unpacked, file, problem);
    if (problem) size = std::unexpected(from_errno(problem.value(), "The download cannot be written"));
  }
  if (!size) std::filesystem::remove(unpacked, problem);
  return size;
}

}  // namespace recast::storages::google
