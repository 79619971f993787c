#include "engines/pdf2office/worker/package.hpp"

#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <new>

namespace recast::engines::pdf2office {

namespace {
constexpr int kMode = 0644;
constexpr time_t kFirstDay = 315532800;  // 1980-01-01, where the time of ZIP begins: the same input, the same bytes
}  // namespace

Error Package::fault() const {
  const auto cause = archive_errno(archive_.get());
  if (cause == EFBIG) return {ErrorCode::output_limit, "The document is larger than allowed.", {}};
  if (cause == ENOSPC || cause == EDQUOT) return {ErrorCode::disk_full, "The server's disk is full.", {}};
  const auto* const said = archive_error_string(archive_.get());
  return {ErrorCode::conversion_failed,
          fmt::format("The document cannot be written: {}", said != nullptr ? said : "unknown"),
          {}};
}

Result<Package> Package::open(int fd) {
  Package package;
  package.archive_.reset(archive_write_new());
  if (!package.archive_) throw std::bad_alloc();
  auto* const one = package.archive_.get();
  if (archive_write_set_format_zip(one) != ARCHIVE_OK || archive_write_set_bytes_in_last_block(one, 1) != ARCHIVE_OK ||
      archive_write_open_fd(one, fd) != ARCHIVE_OK) {
    return std::unexpected(package.fault());
  }
  return package;
}

Result<> Package::add(const std::string& name, std::string_view content) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), &archive_entry_free);
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kMode);
  archive_entry_set_mtime(entry.get(), kFirstDay, 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) return std::unexpected(fault());
  while (!content.empty()) {
    const auto count = archive_write_data(archive_.get(), content.data(), content.size());
    if (count <= 0) return std::unexpected(fault());
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  if (archive_write_finish_entry(archive_.get()) != ARCHIVE_OK) return std::unexpected(fault());
  return {};
}

Result<> Package::close() {
  if (archive_write_close(archive_.get()) != ARCHIVE_OK) return std::unexpected(fault());
  return {};
}

Result<> add_root(Package& package, std::string_view main_part) {
  return package.add("_rels/.rels", fmt::format("{}<Relationships xmlns=\"{}relationships\"><Relationship Id=\"rId1\" "
                                                "Type=\"{}/officeDocument\" Target=\"{}\"/></Relationships>",
                                                kXmlHead, kPackageSpace, kRelationSpace, main_part));
}

}  // namespace recast::engines::pdf2office
