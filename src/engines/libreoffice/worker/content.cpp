#include "engines/libreoffice/worker/content.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

namespace recast::libreoffice {

namespace {

constexpr std::size_t kMostDirectoryBytes = 4 << 20;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLongestComment = 65535;

std::string read_at(int fd, std::uint64_t offset, std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t got = 0;
  while (got < count) {
    const auto part = ::pread(fd, bytes.data() + got, count - got, static_cast<off_t>(offset + got));
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) break;
    got += static_cast<std::size_t>(part);
  }
  bytes.resize(got);
  return bytes;
}

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

/// Whether the ZIP's directory has a member whose name begins so.
bool has_member(int fd, std::string_view prefix) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size < static_cast<off_t>(kEndBytes)) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(size, kEndBytes + kLongestComment));
  const auto tail = read_at(fd, size - tail_size, tail_size);
  const auto end = tail.rfind("PK\x05\x06");
  if (end == std::string::npos) return false;
  const auto directory_size = std::min<std::size_t>(number(tail, end + 12, 4), kMostDirectoryBytes);
  const auto directory = read_at(fd, number(tail, end + 16, 4), directory_size);
  constexpr std::size_t kHeader = 46;
  for (std::size_t at = 0; at + kHeader <= directory.size() && directory.compare(at, 4, "PK\x01\x02") == 0;) {
    const auto name_size = number(directory, at + 28, 2);
    if (std::string_view(directory).substr(at + kHeader, name_size).starts_with(prefix)) return true;
    at += kHeader + name_size + number(directory, at + 30, 2) + number(directory, at + 32, 2);
  }
  return false;
}

/// The media type an OpenDocument keeps, uncompressed, in its first member.
std::string media_type(int fd) {
  constexpr std::size_t kHeader = 30;
  constexpr std::string_view kName = "mimetype";
  const auto head = read_at(fd, 0, 256);
  if (number(head, 26, 2) != kName.size() || head.compare(kHeader, kName.size(), kName) != 0) return {};
  const auto start = kHeader + kName.size() + number(head, 28, 2);
  return start < head.size() ? head.substr(start) : std::string();
}

}  // namespace

Container kind_of(std::string_view head) {
  if (head.starts_with("PK\x03\x04")) return Container::zip;
  if (head.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return Container::ole;
  if (head.starts_with("{\\rtf")) return Container::rtf;
  constexpr std::array<std::string_view, 6> kOthers = {"%PDF-",
                                                       "\x7F"
                                                       "ELF",
                                                       "\x89PNG",
                                                       "\xFF\xD8\xFF",
                                                       "GIF8",
                                                       "MZ\x90"};
  const bool is_other = std::ranges::any_of(kOthers, [&](std::string_view mark) { return head.starts_with(mark); });
  return is_other ? Container::other : Container::text;
}

bool is_package_of(int fd, Module module, std::string_view filter) {
  struct Kind {
    std::string_view part;
    std::string_view media;
  };
  constexpr std::array<Kind, 4> kKinds = {
      {{"word/", "text"}, {"xl/", "spreadsheet"}, {"ppt/", "presentation"}, {"", "graphics"}}};
  const auto& kind = kKinds.at(static_cast<std::size_t>(module));
  if (filter.find("2007") != std::string_view::npos) return has_member(fd, kind.part);
  return media_type(fd).starts_with(std::string("application/vnd.oasis.opendocument.") + std::string(kind.media));
}

}  // namespace recast::libreoffice
