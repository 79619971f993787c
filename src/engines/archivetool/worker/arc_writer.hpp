#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "engines/archivetool/worker/library.hpp"

namespace recast::engines::archivetool {

/// Writes ARC archives (System Enhancement Associates, 1985), which libarchive does not: files only, stored as they
/// are, with names of eight letters, a dot and three. Errors as Writer's.
class ArcWriter {
 public:
  /// `fd` is a regular file; it stays the caller's.
  explicit ArcWriter(int fd) : fd_(fd) {}

  Result<> begin_entry(const Entry& file);
  Result<> write(std::span<const char> bytes);
  Result<> end_entry();
  Result<> close();  ///< the mark after the last file

 private:
  Result<> put(std::string_view bytes);

  int fd_;
  std::uint64_t at_ = 0;      ///< bytes written
  std::uint64_t header_ = 0;  ///< where that of the present file lies
  std::uint64_t size_ = 0;    ///< of the present file, so far
  std::uint16_t sum_ = 0;
  std::set<std::string, std::less<>> names_;
};

/// A name for DOS, and not one of `taken`: "LONGNA~1.HTM" after "LONGNAME.HTM".
std::string dos_name(std::string_view path, const std::set<std::string, std::less<>>& taken);

}  // namespace recast::engines::archivetool
