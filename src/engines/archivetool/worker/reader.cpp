#include "engines/archivetool/worker/reader.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>

#include "base/text.hpp"
#include "engines/archivetool/worker/support.hpp"
#include "format/format.hpp"

namespace recast::engines::archivetool {

namespace {

constexpr std::size_t kBlock = 256 << 10;
constexpr int kMostRetries = 16;

bool may_be_single(std::string_view format) {
  static constexpr std::array<std::string_view, 9> names{"gz", "bz2", "bz", "xz", "lzma", "z", "zst", "lz", "plain"};
  return std::ranges::find(names, format) != names.end();
}

bool is_single(int format) { return (format & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAW; }

Legacy legacy_of(int format) {
  const int base = format & ARCHIVE_FORMAT_BASE_MASK;
  const bool dos = base == ARCHIVE_FORMAT_ZIP || base == ARCHIVE_FORMAT_LHA || base == ARCHIVE_FORMAT_RAR ||
                   base == ARCHIVE_FORMAT_CAB;
  return dos ? Legacy::dos : Legacy::unix;
}

la_ssize_t read_outer(archive* inner, void* data, const void** bytes) {
  auto& outer = *static_cast<std::pair<archive*, std::vector<char>*>*>(data);
  const auto count = archive_read_data(outer.first, outer.second->data(), outer.second->size());
  if (count < 0) archive_set_error(inner, archive_errno(outer.first), "%s", archive_error_string(outer.first));
  *bytes = outer.second->data();
  return count;
}

Entry::Kind kind_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_w(entry) != nullptr)
    return Entry::Kind::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      return Entry::Kind::folder;
    case AE_IFLNK:
      return Entry::Kind::link;
    case AE_IFREG:
    case 0:  // formats that know nothing else
      return Entry::Kind::file;
    default:
      return Entry::Kind::other;
  }
}

}  // namespace

la_ssize_t Reader::Decrypted::read(struct archive* handle, void* self, const void** bytes) {
  auto& decrypted = *static_cast<Decrypted*>(self);
  const auto piece = decrypted.archive->next();
  if (!piece) {
    decrypted.error = piece.error();
    archive_set_error(handle, EILSEQ, "%s", piece.error().message.c_str());
    return -1;
  }
  *bytes = piece->data();
  return static_cast<la_ssize_t>(piece->size());
}

Error Reader::fault() const {
  if (decrypted_ && decrypted_->error) return *decrypted_->error;
  const auto* const said = archive_error_string(handle_.get());
  const std::string text = said != nullptr ? said : "unknown";
  const auto words = lower(text);
  const auto has = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  if (archive_errno(handle_.get()) == ENOMEM || has("allocate") || has("out of memory") || has("memory limit"))
    return {ErrorCode::memory_limit, "The archive needs more memory than is allowed.", {}};
  if (has("passphrase required"))
    return {ErrorCode::open_failed, "The archive is encrypted; set password.", "password"};
  if (has("incorrect passphrase")) return {ErrorCode::open_failed, "The password is wrong.", "password"};
  const bool encrypted = has("encrypt") || has("crypto codec");
  if (encrypted && order_.password.empty())
    return {ErrorCode::open_failed, "The archive is encrypted; set password.", "password"};
  // No word on the option: another engine may know more ways to decrypt.
  if (encrypted) return {ErrorCode::open_failed, "The archive is encrypted, and this password does not open it.", {}};
  if (has("unsupported") || has("not supported"))
    return {ErrorCode::open_failed, fmt::format("The archive is packed in a way that is not known here: {}", text), {}};
  if (encrypted_) return {ErrorCode::open_failed, "The password is wrong, or the archive is damaged.", "password"};
  return {ErrorCode::open_failed, fmt::format("The archive is damaged or not a {} file: {}", order_.from, text), {}};
}

Result<Reader> Reader::open(int fd, const Order& order, Guard& guard) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || ::lseek(fd, 0, SEEK_SET) != 0) return std::unexpected(from_errno(errno, "input"));
  Reader reader(order, guard, static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)));
  reader.input_ = fd;
  RECAST_CHECK(order.from == "tar.7z" ? reader.open_nested(fd) : reader.open_plain(fd, order.from));
  return reader;
}

Result<> Reader::open_plain(int fd, std::string_view format) {
  handle_.reset(archive_read_new());
  if (!handle_) throw std::bad_alloc();
  RECAST_CHECK(support_format(handle_.get(), format));
  if (!order_.password.empty() && archive_read_add_passphrase(handle_.get(), order_.password.c_str()) != ARCHIVE_OK)
    return std::unexpected(fault());
  if (!order_.password.empty() && (format == "rar" || format == "cbr")) {
    RECAST_TRY(auto plain, PlainRar::open(fd, order_.password));
    if (plain) decrypted_ = std::make_unique<Decrypted>(std::move(plain), std::nullopt);
  }
  if (open_handle(fd) != ARCHIVE_OK) return std::unexpected(fault());
  return {};
}

int Reader::open_handle(int fd) {
  if (!decrypted_) return archive_read_open_fd(handle_.get(), fd, kBlock);
  return archive_read_open(handle_.get(), decrypted_.get(), nullptr, &Decrypted::read, nullptr);
}

Result<> Reader::open_nested(int fd) {
  RECAST_CHECK(open_plain(fd, order_.from));
  archive_entry* entry = nullptr;
  if (archive_read_next_header(handle_.get(), &entry) < ARCHIVE_WARN) return std::unexpected(fault());
  outer_ = std::make_unique<Outer>();
  outer_->buffer.resize(kBlock);
  outer_->handle = std::move(handle_);
  outer_->source = {outer_->handle.get(), &outer_->buffer};
  handle_.reset(archive_read_new());
  if (!handle_) throw std::bad_alloc();
  RECAST_CHECK(support_format(handle_.get(), "tar"));
  if (archive_read_open(handle_.get(), &outer_->source, nullptr, &read_outer, nullptr) != ARCHIVE_OK)
    return std::unexpected(fault());
  return {};
}

/// A file that is compressed is not just any file.
Result<> Reader::check_first() {
  first_ = false;
  if (order_.from == "plain") return {};  // a program took the outer layer off
  if (!is_single(archive_format(handle_.get())) || archive_filter_code(handle_.get(), 0) != ARCHIVE_FILTER_NONE)
    return {};
  return fail(ErrorCode::open_failed, fmt::format("The file is not a {} file.", order_.from));
}

int Reader::next_header(archive_entry*& entry) const {
  int status = ARCHIVE_RETRY;
  for (int tries = 0; status == ARCHIVE_RETRY && tries < kMostRetries; ++tries)
    status = archive_read_next_header(handle_.get(), &entry);
  return status;
}

Result<std::optional<Entry>> Reader::next() {
  archive_entry* entry = nullptr;
  encrypted_ = false;
  int status = next_header(entry);
  if (status == ARCHIVE_EOF && first_ && may_be_single(order_.from)) {
    // A file that begins with zeros, such as a disk image, looks like a tar without entries.
    if (::lseek(input_, 0, SEEK_SET) != 0) return std::unexpected(from_errno(errno, "input"));
    RECAST_CHECK(open_plain(input_, "single"));
    status = next_header(entry);
  }
  // Where bytes are missing, libarchive sees an end.
  if (status == ARCHIVE_EOF && decrypted_ && decrypted_->error) return std::unexpected(fault());
  if (status == ARCHIVE_EOF) return std::nullopt;
  if (status < ARCHIVE_WARN) return std::unexpected(fault());
  if (first_) RECAST_CHECK(check_first());
  RECAST_CHECK(guard_->entry());
  ++entries_;
  RECAST_TRY(auto described, describe(entry));
  claimed_ = described.size;
  encrypted_ = archive_entry_is_data_encrypted(entry) != 0 || (decrypted_ && decrypted_->archive->was_encrypted());
  return described;
}

std::string Reader::name_of(archive_entry* entry) const {
  const auto legacy = legacy_of(archive_format(handle_.get()));
  if (is_single(archive_format(handle_.get()))) return std::string(format::stem(order_.name));
  if (const auto* const name = archive_entry_pathname(entry)) return to_utf8(name, legacy);
  // What the locale cannot say, libarchive may still have as it stood in the archive.
  const auto* const name = archive_entry_pathname_utf8(entry);
  return name != nullptr ? to_utf8(name, legacy) : std::string();
}

Result<Entry> Reader::describe(archive_entry* entry) const {
  const int format = archive_format(handle_.get());
  const auto name = name_of(entry);
  Entry result{.path = format::clean_path(name), .kind = kind_of(entry)};
  // Some archives know no folders but by their names.
  const bool is_empty = archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) == 0;
  if (result.kind == Entry::Kind::file && is_empty && (name.ends_with('/') || name.ends_with('\\')))
    result.kind = Entry::Kind::folder;
  if (archive_entry_size_is_set(entry) != 0 && !is_single(format)) {
    const auto size = archive_entry_size(entry);
    if (size < 0) return fail(ErrorCode::open_failed, "The archive is damaged: an entry has a negative size.");
    result.size = static_cast<std::uint64_t>(size);
  }
  if (const auto permissions = archive_entry_perm(entry) & 0777; permissions != 0) result.permissions = permissions;
  if (archive_entry_mtime_is_set(entry) != 0) result.modified = archive_entry_mtime(entry);
  if (result.kind == Entry::Kind::hard_link) {
    const auto* const target = archive_entry_hardlink(entry);
    result.target = format::clean_path(to_utf8(target != nullptr ? target : "", legacy_of(format)));
  }
  if (result.kind == Entry::Kind::link) {
    const auto* const target = archive_entry_symlink(entry);
    result.target = to_utf8(target != nullptr ? target : "", legacy_of(format));
  }
  // Elsewhere the size that a further name has is that of the file, and its content does not come again.
  const int base = format & ARCHIVE_FORMAT_BASE_MASK;
  if (result.kind == Entry::Kind::hard_link && base != ARCHIVE_FORMAT_CPIO && base != ARCHIVE_FORMAT_TAR)
    result.size = 0;
  result.shared = base == ARCHIVE_FORMAT_CPIO && result.kind == Entry::Kind::file && result.size == 0U &&
                  archive_entry_nlink(entry) > 1;
  return result;
}

Result<> Reader::zeros(std::uint64_t count, const Take& take) const {
  static constexpr std::array<char, 65536> none{};
  RECAST_CHECK(guard_->bytes(count));
  while (count > 0) {
    const auto part = std::min<std::uint64_t>(count, none.size());
    RECAST_CHECK(take({none.data(), part}));
    count -= part;
  }
  return {};
}

Result<> Reader::content(const Take& take) {
  const bool is_tar = (archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
  std::uint64_t position = 0;
  std::uint32_t sum = 0;
  for (;;) {
    const void* data = nullptr;
    std::size_t count = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(handle_.get(), &data, &count, &offset);
    // A warning inside an entry is about its content: a wrong sum, a wrong length.
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) return std::unexpected(fault());
    if (offset < 0) return fail(ErrorCode::open_failed, "The archive is damaged: an entry has a negative offset.");
    const auto begin = static_cast<std::uint64_t>(offset);
    // At the end, where only a tar can have a hole, libarchive says strange things of other formats.
    if (begin > position && (status == ARCHIVE_OK || is_tar)) {
      RECAST_CHECK(zeros(begin - position, take));
      position = begin;
    }
    if (status == ARCHIVE_EOF) break;
    RECAST_CHECK(guard_->bytes(count));
    if (decrypted_) sum = crc32_of({static_cast<const char*>(data), count}, sum);
    if (count > 0) RECAST_CHECK(take({static_cast<const char*>(data), count}));
    position += count;
    if (claimed_ && position > *claimed_) break;
  }
  if (decrypted_ && !decrypted_->archive->has_sum(entries_ - 1, sum)) return std::unexpected(fault());
  if (!claimed_ || position == *claimed_) return {};
  return fail(ErrorCode::open_failed, "The archive is damaged: an entry is not as long as it says.");
}

int Reader::percent() const {
  const auto done = archive_filter_bytes(outer_ ? outer_->handle.get() : handle_.get(), -1);
  if (size_ == 0 || done <= 0) return 0;
  return static_cast<int>(std::min(100.0, 100.0 * static_cast<double>(done) / static_cast<double>(size_)));
}

}  // namespace recast::engines::archivetool
