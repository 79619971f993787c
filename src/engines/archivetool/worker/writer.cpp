#include "engines/archivetool/worker/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

#include "format/format.hpp"

namespace recast::engines::archivetool {

namespace {

using Choose = int (*)(archive*);
struct Row {
  std::string_view name;
  Choose format;
  Choose filter;
};

// "Restricted" pax: plain ustar headers wherever they suffice, so that old programs read it, too.
constexpr std::array<Row, 22> kRows{{
    {"zip", archive_write_set_format_zip, archive_write_add_filter_none},
    {"7z", archive_write_set_format_7zip, archive_write_add_filter_none},
    {"tar", archive_write_set_format_pax_restricted, archive_write_add_filter_none},
    {"tar.gz", archive_write_set_format_pax_restricted, archive_write_add_filter_gzip},
    {"tar.bz2", archive_write_set_format_pax_restricted, archive_write_add_filter_bzip2},
    {"tar.xz", archive_write_set_format_pax_restricted, archive_write_add_filter_xz},
    {"tar.zst", archive_write_set_format_pax_restricted, archive_write_add_filter_zstd},
    {"tar.z", archive_write_set_format_pax_restricted, archive_write_add_filter_compress},
    {"cpio", archive_write_set_format_cpio_newc, archive_write_add_filter_none},
    {"iso", archive_write_set_format_iso9660, archive_write_add_filter_none},
    {"jar", archive_write_set_format_zip, archive_write_add_filter_none},
    {"cbz", archive_write_set_format_zip, archive_write_add_filter_none},
    {"tar.lz", archive_write_set_format_pax_restricted, archive_write_add_filter_lzip},
    {"tar.lzma", archive_write_set_format_pax_restricted, archive_write_add_filter_lzma},
    {"gz", archive_write_set_format_raw, archive_write_add_filter_gzip},
    {"bz2", archive_write_set_format_raw, archive_write_add_filter_bzip2},
    {"xz", archive_write_set_format_raw, archive_write_add_filter_xz},
    {"lzma", archive_write_set_format_raw, archive_write_add_filter_lzma},
    {"z", archive_write_set_format_raw, archive_write_add_filter_compress},
    {"zst", archive_write_set_format_raw, archive_write_add_filter_zstd},
    {"lz", archive_write_set_format_raw, archive_write_add_filter_lzip},
    {"plain", archive_write_set_format_raw, archive_write_add_filter_none},
}};

bool is_zip(std::string_view format) { return format == "zip" || format == "jar" || format == "cbz"; }

bool has_no_level(std::string_view format) {
  static constexpr std::array<std::string_view, 6> names{"tar", "tar.z", "cpio", "iso", "z", "plain"};
  return std::ranges::find(names, format) != names.end();
}

/// The scale of a packer for our 0 to 9.
int scaled(std::string_view format, int level) {
  if (format == "tar.zst" || format == "zst") return std::max(1, level * 2 + (level > 0 ? 1 : 0));  // its best is 19
  if (format == "tar.bz2" || format == "bz2" || format == "7z") return std::max(1, level);
  return level;
}

}  // namespace

Error Writer::fault() const {
  const auto cause = archive_errno(handle_.get());
  const auto* const said = archive_error_string(handle_.get());
  if (cause == EFBIG) return {ErrorCode::output_limit, "The archive is larger than allowed.", {}};
  if (cause == ENOSPC || cause == EDQUOT) return {ErrorCode::disk_full, "The server's disk is full.", {}};
  if (cause == ENOMEM) return {ErrorCode::memory_limit, "Packing needs more memory than is allowed.", {}};
  return {ErrorCode::conversion_failed,
          fmt::format("The {} cannot be written: {}", format_, said != nullptr ? said : "unknown"),
          {}};
}

Result<Writer> Writer::open(int fd, const std::string& format, std::optional<int> level) {
  Writer writer(format, level);
  if (format == "arc") {
    writer.arc_ = std::make_unique<ArcWriter>(fd);
    return writer;
  }
  writer.handle_.reset(archive_write_new());
  if (!writer.handle_) throw std::bad_alloc();
  RECAST_CHECK(writer.choose_format());
  RECAST_CHECK(writer.choose_level());
  if (archive_write_open_fd(writer.handle_.get(), fd) != ARCHIVE_OK) return std::unexpected(writer.fault());
  return writer;
}

Result<> Writer::choose_format() {
  const auto* const row = std::ranges::find(kRows, format_, &Row::name);
  if (row == kRows.end())
    return fail(ErrorCode::internal, fmt::format("The archive worker does not write {}.", format_));
  if (row->format(handle_.get()) != ARCHIVE_OK || row->filter(handle_.get()) != ARCHIVE_OK)
    return std::unexpected(fault());
  return {};
}

Result<> Writer::choose_level() {
  if (!level_ || has_no_level(format_)) return {};
  const auto number = std::to_string(scaled(format_, *level_));
  const bool own = is_zip(format_) || format_ == "7z";
  const auto set = own ? archive_write_set_format_option : archive_write_set_filter_option;
  if (format_ == "7z" && level_ == 0) {
    if (archive_write_set_format_option(handle_.get(), nullptr, "compression", "store") != ARCHIVE_OK)
      return std::unexpected(fault());
  } else if (set(handle_.get(), nullptr, "compression-level", number.c_str()) != ARCHIVE_OK) {
    return std::unexpected(fault());
  }
  return {};
}

bool Writer::needs_sizes() const { return !is_zip(format_) && !is_single() && !arc_; }

bool Writer::is_single() const {
  return !arc_ && (archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW;
}

Result<> Writer::begin_entry(const Entry& entry) {
  if (arc_) return arc_->begin_entry(entry);
  if (is_single() && ++files_ > 1) {
    return fail(ErrorCode::conversion_failed,
                fmt::format("A {} is one compressed file, and there are several to pack. tar.gz, zip and 7z hold many.",
                            format_ == "plain" ? "file of this format" : format_ + " file"));
  }
  const UniqueHandle<EntryTraits> out(archive_entry_new());
  if (!out) throw std::bad_alloc();
  archive_entry_set_pathname(out.get(), entry.path.c_str());
  archive_entry_set_perm(out.get(), static_cast<__LA_MODE_T>(entry.permissions));
  if (entry.kind != Entry::Kind::file) archive_entry_set_size(out.get(), 0);
  if (entry.modified) archive_entry_set_mtime(out.get(), static_cast<time_t>(*entry.modified), 0);
  switch (entry.kind) {
    case Entry::Kind::folder:
      archive_entry_set_filetype(out.get(), AE_IFDIR);
      break;
    case Entry::Kind::link:
      archive_entry_set_filetype(out.get(), AE_IFLNK);
      archive_entry_set_symlink(out.get(), entry.target.c_str());
      break;
    case Entry::Kind::hard_link:
      archive_entry_set_filetype(out.get(), AE_IFREG);
      archive_entry_set_hardlink(out.get(), entry.target.c_str());
      break;
    default:
      archive_entry_set_filetype(out.get(), AE_IFREG);
      if (entry.size) archive_entry_set_size(out.get(), static_cast<la_int64_t>(*entry.size));
  }
  if (is_zip(format_)) {
    const bool store = level_ == 0 || format::is_compressed(entry.path.substr(entry.path.rfind('/') + 1));
    const auto choose = store ? archive_write_zip_set_compression_store : archive_write_zip_set_compression_deflate;
    if (choose(handle_.get()) != ARCHIVE_OK) return std::unexpected(fault());
  }
  // A warning means that something of lesser weight, such as a date, does not fit the format.
  if (archive_write_header(handle_.get(), out.get()) < ARCHIVE_WARN) return std::unexpected(fault());
  return {};
}

Result<> Writer::write(std::span<const char> bytes) {
  if (arc_) return arc_->write(bytes);
  while (!bytes.empty()) {
    const auto count = archive_write_data(handle_.get(), bytes.data(), bytes.size());
    if (count <= 0) return std::unexpected(fault());
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<> Writer::end_entry() {
  if (arc_) return arc_->end_entry();
  if (archive_write_finish_entry(handle_.get()) < ARCHIVE_WARN) return std::unexpected(fault());
  return {};
}

Result<> Writer::close() {
  if (arc_) return arc_->close();
  if (is_single() && files_ == 0)
    return fail(ErrorCode::conversion_failed, "There is no file to compress: the archive holds none.");
  if (archive_write_close(handle_.get()) != ARCHIVE_OK) return std::unexpected(fault());
  return {};
}

}  // namespace recast::engines::archivetool
