#include "operations/export_url/zip.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <vector>

#include "base/text.hpp"
#include "base/unique_handle.hpp"
#include "format/format.hpp"
#include "operation/files.hpp"

namespace recast::operations {

namespace {

constexpr std::string_view kCannotWrite = "The archive cannot be written";

struct ArchiveHandle {
  using type = archive*;
  static constexpr archive* invalid() { return nullptr; }
  static void close(archive* handle) { archive_write_free(handle); }
};
struct EntryHandle {
  using type = archive_entry*;
  static constexpr archive_entry* invalid() { return nullptr; }
  static void close(archive_entry* handle) { archive_entry_free(handle); }
};

/// libarchive converts names by the thread's locale; the server's own may be plain C.
class Utf8Locale {
 public:
  Utf8Locale() : locale_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (locale_ != nullptr) before_ = uselocale(locale_);
  }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (locale_ == nullptr) return;
    uselocale(before_);
    freelocale(locale_);
  }

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

/// Programs that unpack on other systems stumble over some characters.
std::string portable(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return std::string_view(":*?\"<>|\\").find(c) != std::string_view::npos; }, '_');
  return name;
}

std::string entry_folder(std::string_view dir) {
  std::string folder;
  for (const auto part : split(dir, '/')) {
    if (!part.empty() && part != "." && part != "..") folder += portable(format::clean_file_name(part)) + "/";
  }
  return folder;
}

class Zip {
 public:
  Zip(operation::TaskContext& context, std::uint64_t total) : context_(context), total_(total) {}

  Result<std::uint64_t> write(const operation::Files& files, const std::filesystem::path& to) {
    const UniqueFd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!out) return std::unexpected(from_errno(errno, kCannotWrite));
    if (archive_write_set_format_zip(zip()) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(zip(), 1) != ARCHIVE_OK ||
        archive_write_open_fd(zip(), out.get()) != ARCHIVE_OK) {
      return std::unexpected(error());
    }
    for (const auto& file : files) RECAST_CHECK(add(file));
    if (archive_write_close(zip()) != ARCHIVE_OK) return std::unexpected(error());
    const auto end = ::lseek(out.get(), 0, SEEK_END);
    if (end < 0) return std::unexpected(from_errno(errno, kCannotWrite));
    return static_cast<std::uint64_t>(end);
  }

 private:
  archive* zip() const { return zip_.get(); }

  Error error() const {
    const auto cause = archive_errno(zip());
    return from_errno(cause == 0 ? EIO : cause, kCannotWrite);
  }

  Result<> add(const operation::File& file) {
    const UniqueFd in(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in) return std::unexpected(from_errno(errno, "The file cannot be read"));
    const UniqueHandle<EntryHandle> entry(archive_entry_new());
    const auto name = entry_folder(file.dir) + file.name;
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.size));
    archive_entry_set_mtime(entry.get(), std::time(nullptr), 0);
    const int method = format::is_compressed(file.name) ? archive_write_zip_set_compression_store(zip())
                                                        : archive_write_zip_set_compression_deflate(zip());
    if (method != ARCHIVE_OK || archive_write_header(zip(), entry.get()) != ARCHIVE_OK) return std::unexpected(error());
    RECAST_CHECK(copy(in.get()));
    if (archive_write_finish_entry(zip()) != ARCHIVE_OK) return std::unexpected(error());
    return {};
  }

  Result<> copy(int in) {
    for (;;) {
      RECAST_CHECK(context_.go_on());
      const auto count = ::read(in, buffer_.data(), buffer_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return std::unexpected(from_errno(errno, "The file cannot be read"));
      if (count == 0) return {};
      if (archive_write_data(zip(), buffer_.data(), static_cast<std::size_t>(count)) != count)
        return std::unexpected(error());
      done_ += static_cast<std::uint64_t>(count);
      if (total_ != 0)
        context_.progress(static_cast<int>(static_cast<double>(done_) * 100.0 / static_cast<double>(total_)));
    }
  }

  operation::TaskContext& context_;
  UniqueHandle<ArchiveHandle> zip_{archive_write_new()};
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::uint64_t total_;
  std::uint64_t done_ = 0;
};

}  // namespace

Result<std::uint64_t> write_zip(operation::TaskContext& context, const operation::Files& files,
                                const std::filesystem::path& to) {
  auto entries = files;
  std::uint64_t total = 0;
  for (auto& entry : entries) {
    entry.name = portable(std::move(entry.name));
    total += entry.size;
  }
  operation::make_unique(entries);
  const Utf8Locale locale;
  return Zip(context, total).write(entries, to);
}

}  // namespace recast::operations
