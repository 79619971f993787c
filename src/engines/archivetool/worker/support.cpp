#include "engines/archivetool/worker/support.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

namespace recast::engines::archivetool {

namespace {

using Register = int (*)(archive*);

/// All that libarchive does itself.
constexpr std::array<Register, 8> kFilters{archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                                           archive_read_support_filter_xz,   archive_read_support_filter_lzma,
                                           archive_read_support_filter_lzip, archive_read_support_filter_compress,
                                           archive_read_support_filter_zstd, archive_read_support_filter_lz4};

enum class Packing { none, compressed };
struct Row {
  std::string_view formats;
  Packing packing;
  std::vector<Register> readers;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> list{
      // From the directory at its end, as other programs read it; entries it does not list do not count.
      {" zip jar ", Packing::none, {archive_read_support_format_zip_seekable}},
      {" 7z tar.7z ", Packing::none, {archive_read_support_format_7zip}},
      {" rar ", Packing::none, {archive_read_support_format_rar, archive_read_support_format_rar5}},
      {" tar tar.gz tar.bz2 tar.bz tar.xz tar.z tar.zst tar.lz tar.lzma ",
       Packing::compressed,
       {archive_read_support_format_tar}},
      // A compressed file; often it is a tar all the same.
      {" gz bz2 bz xz lzma z zst lz ",
       Packing::compressed,
       {archive_read_support_format_tar, archive_read_support_format_cpio, archive_read_support_format_raw,
        archive_read_support_format_empty}},
      {" plain ",
       Packing::none,
       {archive_read_support_format_tar, archive_read_support_format_raw, archive_read_support_format_empty}},
      // Comics are what they are, whatever they are called.
      {" cbr cbz ",
       Packing::none,
       {archive_read_support_format_rar, archive_read_support_format_rar5, archive_read_support_format_zip_seekable,
        archive_read_support_format_7zip, archive_read_support_format_tar}},
      {" single ", Packing::compressed, {archive_read_support_format_raw, archive_read_support_format_empty}},
      {" cpio ", Packing::compressed, {archive_read_support_format_cpio}},
      {" rpm ", Packing::compressed, {archive_read_support_filter_rpm, archive_read_support_format_cpio}},
      {" deb ar ", Packing::none, {archive_read_support_format_ar}},
      {" cab ", Packing::none, {archive_read_support_format_cab}},
      {" iso ", Packing::none, {archive_read_support_format_iso9660}},
      {" lha ", Packing::none, {archive_read_support_format_lha}},
      {" xar ", Packing::none, {archive_read_support_format_xar}},
  };
  return list;
}

}  // namespace

Result<> support_format(archive* reader, std::string_view format) {
  const auto word = fmt::format(" {} ", format);
  for (const auto& [formats, packing, readers] : rows()) {
    if (formats.find(word) == std::string_view::npos) continue;
    bool known = true;
    if (packing == Packing::compressed) {
      for (const auto filter : kFilters) known = filter(reader) == ARCHIVE_OK && known;
    }
    for (const auto one : readers) known = one(reader) == ARCHIVE_OK && known;
    if (known) return {};
    return fail(ErrorCode::internal, fmt::format("This libarchive does not read {} files.", format));
  }
  return fail(ErrorCode::internal, fmt::format("The archive worker does not know the format {}.", format));
}

}  // namespace recast::engines::archivetool
