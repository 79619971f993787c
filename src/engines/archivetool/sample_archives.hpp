#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Archives that no honest program writes, for the tests.
namespace recast::engines::archivetool::sample {

/// A member of a tar. `size` may differ from the content's.
struct TarEntry {
  std::string name;
  std::string content;
  char type = '0';
  std::string target;
  std::int64_t size = -1;  ///< -1: as long as the content
};
std::string tar(const std::vector<TarEntry>& entries);

/// A stored member of a zip. What it says of itself may be wrong.
struct ZipEntry {
  std::string name;
  std::string content;
  std::int64_t size = -1;
  bool utf8 = false;
  bool same_as_before = false;  ///< its place in the directory leads to the content of the entry before
};
std::string zip(const std::vector<ZipEntry>& entries);

/// A cpio archive (newc) of regular files, each with an inode and a count of names.
struct CpioEntry {
  std::string name;
  std::string content;
  unsigned inode = 1;
  unsigned names = 1;
};
std::string cpio(const std::vector<CpioEntry>& entries);

}  // namespace recast::engines::archivetool::sample
