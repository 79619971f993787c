#include "engines/archivetool/worker/arc_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <limits>

namespace recast::engines::archivetool {

namespace {

constexpr char kMark = 0x1a;
constexpr char kStored = 2;
constexpr std::size_t kNameBytes = 13;  // with its zero
constexpr std::size_t kSizeOffset = 2 + kNameBytes;
constexpr std::size_t kStem = 8;
constexpr std::size_t kExtension = 3;

void append(std::string& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
}

/// CRC-16 as ARC and LHA have it: polynomial 0x8005, reflected.
constexpr std::array<std::uint16_t, 256> kSums = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < table.size(); ++i) {
    unsigned value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ 0xa001 : value >> 1;
    table[i] = static_cast<std::uint16_t>(value);
  }
  return table;
}();

/// Date and time as DOS keeps them; its days begin in 1980.
std::uint32_t dos_time(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr || parts.tm_year < 80 || parts.tm_year > 207) return 1U << 5 | 1U;
  const auto date = static_cast<std::uint32_t>((parts.tm_year - 80) << 9 | (parts.tm_mon + 1) << 5 | parts.tm_mday);
  const auto clock = static_cast<std::uint32_t>(parts.tm_hour << 11 | parts.tm_min << 5 | parts.tm_sec / 2);
  return clock << 16 | date;
}

/// Letters that DOS takes in names, as capitals.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (letter)
      out += c;
    else if (c >= 'a' && c <= 'z')
      out += static_cast<char>(c - 'a' + 'A');
    else if (static_cast<unsigned char>(c) < 0x80 && c != '.' && c != ' ')
      out += '_';
    else if (static_cast<unsigned char>(c) >= 0xc0)
      out += '_';  // one for each letter beyond ASCII
  }
  return out;
}

Error fault() {
  if (errno == EFBIG) return {ErrorCode::output_limit, "The archive is larger than allowed.", {}};
  if (errno == ENOSPC || errno == EDQUOT) return {ErrorCode::disk_full, "The server's disk is full.", {}};
  return from_errno(errno, "the archive");
}

}  // namespace

std::string dos_name(std::string_view path, const std::set<std::string, std::less<>>& taken) {
  const auto file = path.substr(path.rfind('/') + 1);
  const auto dot = file.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0;
  auto stem = plain(file.substr(0, has_extension ? dot : file.size()));
  if (stem.empty()) stem = "FILE";
  const auto extension = has_extension ? plain(file.substr(dot + 1)).substr(0, kExtension) : std::string();
  const auto whole = [&](std::string_view first) {
    return extension.empty() ? std::string(first) : fmt::format("{}.{}", first, extension);
  };
  auto name = whole(std::string_view(stem).substr(0, kStem));
  for (int number = 1; taken.contains(name); ++number) {
    const auto tail = fmt::format("~{}", number);
    name = whole(stem.substr(0, kStem - tail.size()) + tail);
  }
  return name;
}

Result<> ArcWriter::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at_));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::unexpected(fault());
    at_ += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<> ArcWriter::begin_entry(const Entry& file) {
  const auto name = dos_name(file.path, names_);
  names_.insert(name);
  header_ = at_;
  size_ = 0;
  sum_ = 0;
  std::string header{kMark, kStored};
  header += name;
  header.resize(kSizeOffset, '\0');
  append(header, 0, 4);
  append(header, dos_time(file.modified.value_or(0)), 4);
  append(header, 0, 2);
  append(header, 0, 4);
  return put(header);
}

Result<> ArcWriter::write(std::span<const char> bytes) {
  size_ += bytes.size();
  if (size_ > std::numeric_limits<std::uint32_t>::max())
    return fail(ErrorCode::conversion_failed, "An arc archive cannot hold files of 4 GiB and more.");
  for (const char c : bytes) {
    sum_ = static_cast<std::uint16_t>(sum_ >> 8 ^ kSums[(sum_ ^ static_cast<unsigned char>(c)) & 0xff]);
  }
  return put({bytes.data(), bytes.size()});
}

/// The header stands before what it tells of: sizes and sum follow now.
Result<> ArcWriter::end_entry() {
  const auto end = at_;
  std::string size, sum_and_size;
  append(size, size_, 4);
  append(sum_and_size, sum_, 2);
  append(sum_and_size, size_, 4);
  at_ = header_ + kSizeOffset;
  RECAST_CHECK(put(size));
  at_ += 4;  // date and time
  RECAST_CHECK(put(sum_and_size));
  at_ = end;
  return {};
}

Result<> ArcWriter::close() { return put(std::string_view("\x1a\0", 2)); }

}  // namespace recast::engines::archivetool
