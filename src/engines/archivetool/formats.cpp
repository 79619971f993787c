#include "engines/archivetool/formats.hpp"

#include <array>

namespace recast::engines::archivetool {

namespace {

constexpr std::array<std::string_view, 30> kReadable{
    "zip",      "jar",    "7z",   "rar", "tar", "tar.gz", "tar.bz2", "tar.bz", "tar.xz", "tar.z",
    "tar.zst",  "gz",     "bz2",  "bz",  "xz",  "lzma",   "z",       "zst",    "lz",     "tar.lz",
    "tar.lzma", "tar.7z", "cpio", "rpm", "deb", "ar",     "cab",     "iso",    "lha",    "xar"};

constexpr std::array<std::string_view, 10> kWritable{"zip",    "7z",      "tar",   "tar.gz", "tar.bz2",
                                                     "tar.xz", "tar.zst", "tar.z", "cpio",   "iso"};

}  // namespace

std::span<const std::string_view> readable() { return kReadable; }
std::span<const std::string_view> writable() { return kWritable; }

}  // namespace recast::engines::archivetool
