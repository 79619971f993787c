#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engines/archivetool/worker/library.hpp"

namespace recast::engines::archivetool {

/// Writes an archive entry by entry, straight into a descriptor. Errors: output_limit and disk_full for what the
/// descriptor does not take, conversion_failed for what the format cannot hold.
class Writer {
 public:
  static Result<Writer> open(int fd, const std::string& format, std::optional<int> level);

  /// Whether the size of a file must be known before its content comes: everywhere but in a zip.
  bool needs_sizes() const { return format_ != "zip"; }
  /// Whether a file can have further names in the archive. (In a cpio, libarchive loses what they are names of.)
  bool has_hard_links() const { return format_.starts_with("tar"); }

  /// What the entry is, then its content, then end_entry().
  Result<> begin_entry(const Entry& entry);
  Result<> write(std::span<const char> bytes);
  Result<> end_entry();
  /// After the last entry: without it the archive is not whole.
  Result<> close();

 private:
  Writer(std::string format, std::optional<int> level) : format_(std::move(format)), level_(level) {}
  Result<> choose_format();
  Result<> choose_level();
  Error fault() const;

  std::string format_;
  std::optional<int> level_;
  UniqueHandle<WriteTraits> handle_;
};

}  // namespace recast::engines::archivetool
