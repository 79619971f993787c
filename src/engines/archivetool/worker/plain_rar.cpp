#include "engines/archivetool/worker/plain_rar.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace recast::engines::archivetool {

namespace {

using namespace std::string_view_literals;

constexpr auto kRar4 = "Rar!\x1a\x07\x00"sv;
constexpr auto kRar5 = "Rar!\x1a\x07\x01\x00"sv;
constexpr std::size_t kPiece = 256 << 10;  // a multiple of the cipher's blocks

}  // namespace

Result<std::unique_ptr<PlainRar>> PlainRar::open(int fd, const std::string& password) {
  std::string begin(kRar5.size(), '\0');
  const auto count = ::pread(fd, begin.data(), begin.size(), 0);
  if (count < 0) return std::unexpected(from_errno(errno, "input"));
  begin.resize(static_cast<std::size_t>(count));
  const bool is_rar5 = begin == kRar5;
  if (!is_rar5 && !begin.starts_with(kRar4)) return nullptr;
  const auto signature = is_rar5 ? kRar5 : kRar4;
  if (::lseek(fd, static_cast<off_t>(signature.size()), SEEK_SET) < 0)
    return std::unexpected(from_errno(errno, "input"));
  auto result = is_rar5 ? make_plain_rar5(fd, password) : make_plain_rar4(fd, password);
  result->out_ = signature;
  return result;
}

Result<std::span<const char>> PlainRar::next() {
  if (std::exchange(begin_, false)) return std::span<const char>(out_);
  for (;;) {
    if (data_.stored > 0) {
      RECAST_CHECK(read_data());
    } else if (end_) {
      return std::span<const char>();
    } else {
      data_ = {};
      RECAST_TRY(out_, header(data_, end_));
    }
    if (!out_.empty()) return std::span<const char>(out_);
  }
}

Result<> PlainRar::read_data() {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(data_.stored, kPiece));
  RECAST_TRY(out_, read(wanted));
  end_ = end_ || out_.size() < wanted;  // cut off: libarchive says so
  data_.stored = end_ ? 0 : data_.stored - wanted;
  const std::span<char> bytes(out_);
  if (data_.cipher) data_.cipher->decrypt(bytes.first(bytes.size() / rar::kCipherBlock * rar::kCipherBlock));
  out_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(data_.given, out_.size())));
  data_.given -= out_.size();
  return {};
}

bool PlainRar::has_sum(std::uint64_t number, std::uint32_t crc) {
  const auto found = sums_.find(number);
  if (found == sums_.end()) return true;
  const auto& [value, keys] = found->second;
  const bool same = (keys ? rar::hidden_sum(*keys, crc) : crc) == value;
  sums_.erase(sums_.begin(), std::next(found));
  return same;
}

Result<std::string> PlainRar::read(std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const auto got = ::read(fd_, bytes.data() + have, count - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(from_errno(errno, "input"));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

Result<std::string> PlainRar::read_all(std::size_t count) const {
  RECAST_TRY(auto bytes, read(count));
  if (bytes.size() < count) return damaged();
  return bytes;
}

Result<std::string> PlainRar::look(std::uint64_t ahead, std::size_t count) const {
  const auto here = ::lseek(fd_, 0, SEEK_CUR);
  std::string bytes(count, '\0');
  const auto got = here < 0 || ahead > std::numeric_limits<off_t>::max() / 2
                       ? -1
                       : ::pread(fd_, bytes.data(), bytes.size(), here + static_cast<off_t>(ahead));
  if (got < 0) return damaged();
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::unexpected<Error> PlainRar::damaged() { return fail(ErrorCode::open_failed, "The archive is damaged."); }

std::unexpected<Error> PlainRar::wrong_password() {
  return fail(ErrorCode::open_failed, "The password is wrong.", "password");
}

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes.at(at + i - 1));
  return value;
}

void put_little_endian(std::string& bytes, std::size_t at, std::size_t count, std::uint64_t value) {
  for (std::size_t i = 0; i < count; ++i) bytes.at(at + i) = static_cast<char>(value >> 8 * i & 0xff);
}

std::uint32_t crc32_of(std::string_view bytes, std::uint32_t before) {
  if (bytes.empty()) return before;  // of no bytes at all zlib says 0
  return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace recast::engines::archivetool
