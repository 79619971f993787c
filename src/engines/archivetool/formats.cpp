#include "engines/archivetool/formats.hpp"

#include <algorithm>
#include <array>

namespace recast::engines::archivetool {

namespace {

constexpr std::array<std::string_view, 32> kReadable{
    "zip",  "jar", "7z",  "rar", "tar",  "tar.gz", "tar.bz2", "tar.bz", "tar.xz", "tar.z",    "tar.zst",
    "gz",   "bz2", "bz",  "xz",  "lzma", "z",      "zst",     "lz",     "tar.lz", "tar.lzma", "tar.7z",
    "cpio", "rpm", "deb", "ar",  "cab",  "iso",    "lha",     "xar",    "cbz",    "cbr"};

constexpr std::array<std::string_view, 15> kWritable{"arc",     "zip",    "7z",      "tar",      "tar.gz",
                                                     "tar.bz2", "tar.xz", "tar.zst", "tar.z",    "cpio",
                                                     "iso",     "jar",    "tar.lz",  "tar.lzma", "cbz"};

constexpr std::array<std::string_view, 7> kSingles{"gz", "bz2", "xz", "lzma", "z", "zst", "lz"};

constexpr std::array<Wrapped, 4> kWrapped{{
    {"lzo", "plain", "lzop"},
    {"tar.lzo", "tar", "lzop"},
    {"rz", "plain", "rzip"},
    {"tar.7z", "tar", "7zz", false},
}};

}  // namespace

std::span<const std::string_view> readable() { return kReadable; }
std::span<const std::string_view> writable() { return kWritable; }
std::span<const std::string_view> singles() { return kSingles; }
std::span<const Wrapped> wrapped() { return kWrapped; }

const Wrapped* find_wrapped(std::string_view name) {
  const auto* const row = std::ranges::find(kWrapped, name, &Wrapped::name);
  return row == kWrapped.end() ? nullptr : row;
}

}  // namespace recast::engines::archivetool
