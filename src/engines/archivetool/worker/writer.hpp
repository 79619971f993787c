#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engines/archivetool/worker/arc_writer.hpp"
#include "engines/archivetool/worker/library.hpp"

namespace recast::engines::archivetool {

/// Writes an archive entry by entry, straight into a descriptor. Errors: output_limit and disk_full for what the
/// descriptor does not take, conversion_failed for what the format cannot hold.
class Writer {
 public:
  static Result<Writer> open(int fd, const std::string& format, std::optional<int> level);

  /// Whether the size of a file must be known before its content comes: wherever a header says it.
  bool needs_sizes() const;
  /// Whether it is one compressed file: no folders, no links, no second file.
  bool is_single() const;
  /// Whether it is a comic, which holds pictures only.
  bool is_comic() const { return format_ == "cbz"; }
  /// Whether it holds files and nothing else: folders and links are left out.
  bool holds_files_only() const { return is_single() || is_comic() || arc_ != nullptr; }
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
  std::uint64_t files_ = 0;
  std::unique_ptr<ArcWriter> arc_;  ///< for the one format that libarchive does not write
  UniqueHandle<WriteTraits> handle_;
};

}  // namespace recast::engines::archivetool
