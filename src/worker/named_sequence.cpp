#include "worker/named_sequence.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "process/sequence.hpp"
#include "worker/worker.hpp"

namespace recast::worker {

namespace {
using Length = std::array<char, 8>;

Length bytes_of(std::uint64_t length) {
  Length bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes.at(i) = static_cast<char>(length >> (8 * i) & 0xFF);
  return bytes;
}

/// How many bytes there were before the end of the stream.
Result<std::size_t> read_some(int fd, std::span<char> buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const auto count = ::read(fd, buffer.data() + have, buffer.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(from_errno(errno, "input"));
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  return have;
}

Result<std::optional<std::uint64_t>> read_length(int fd) {
  Length bytes{};
  RECAST_TRY(const auto have, read_some(fd, bytes));
  if (have == 0) return std::nullopt;
  if (have != bytes.size()) return fail(ErrorCode::internal, "The stream of inputs breaks off.");
  std::uint64_t length = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes.at(i));
  return length;
}
}  // namespace

Result<> NamedSequence::begin(std::string_view name) {
  RECAST_CHECK(write_all(fd_, bytes_of(name.size())));
  RECAST_CHECK(write_all(fd_, name));
  RECAST_CHECK(write_all(fd_, bytes_of(0)));  // corrected by end()
  position_ += 16 + name.size();
  content_ = position_;
  return {};
}

Result<> NamedSequence::write(std::span<const char> bytes) {
  RECAST_CHECK(write_all(fd_, bytes));
  position_ += bytes.size();
  return {};
}

Result<NamedSequence::Place> NamedSequence::end() {
  const Place place{content_, position_ - content_};
  const auto length = bytes_of(place.length);
  if (::pwrite(fd_, length.data(), length.size(), static_cast<off_t>(content_ - length.size())) !=
      static_cast<ssize_t>(length.size())) {
    return std::unexpected(from_errno(errno, "output"));
  }
  return place;
}

Result<NamedSequence::Place> NamedSequence::repeat(std::string_view name, Place content) {
  RECAST_CHECK(begin(name));
  std::vector<char> buffer(256 << 10);
  for (std::uint64_t done = 0; done < content.length;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), content.length - done);
    const auto count = ::pread(fd_, buffer.data(), wanted, static_cast<off_t>(content.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(from_errno(count == 0 ? EIO : errno, "output"));
    RECAST_CHECK(write({buffer.data(), static_cast<std::size_t>(count)}));
    done += static_cast<std::uint64_t>(count);
  }
  return end();
}

Result<std::optional<StreamedFile>> next_streamed_file(int fd) {
  RECAST_TRY(const auto name_length, read_length(fd));
  if (!name_length) return std::nullopt;
  if (*name_length > process::kLongestPartName) return fail(ErrorCode::internal, "An input has too long a name.");
  StreamedFile file{.name = std::string(*name_length, '\0')};
  RECAST_CHECK(read_streamed(fd, file.name));
  RECAST_TRY(const auto size, read_length(fd));
  if (!size) return fail(ErrorCode::internal, "The stream of inputs breaks off.");
  file.size = *size;
  return file;
}

Result<> read_streamed(int fd, std::span<char> buffer) {
  RECAST_TRY(const auto have, read_some(fd, buffer));
  if (have != buffer.size()) return fail(ErrorCode::internal, "The stream of inputs breaks off.");
  return {};
}

}  // namespace recast::worker
