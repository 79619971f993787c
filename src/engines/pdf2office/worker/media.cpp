#include "engines/pdf2office/worker/media.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <new>
#include <string_view>

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostBytes = 1ULL << 30;
constexpr std::size_t kMostFiles = 20'000;
constexpr std::string_view kPng = "\x89PNG";
constexpr std::string_view kJpeg = "\xFF\xD8\xFF";

struct Free {
  void operator()(archive* one) const { archive_read_free(one); }
};

}  // namespace

Result<Media> Media::read(int fd) {
  constexpr std::size_t kBlock = 64 << 10;
  const std::unique_ptr<archive, Free> packed(archive_read_new());
  if (!packed) throw std::bad_alloc();
  Media media;
  std::size_t total = 0;
  if (archive_read_support_format_tar(packed.get()) != ARCHIVE_OK ||
      archive_read_open_fd(packed.get(), fd, kBlock) != ARCHIVE_OK) {
    return media;
  }
  archive_entry* entry = nullptr;
  while (archive_read_next_header(packed.get(), &entry) == ARCHIVE_OK) {
    const auto* const path = archive_entry_pathname(entry);
    const auto size = static_cast<std::size_t>(archive_entry_size(entry));
    if (path == nullptr || archive_entry_filetype(entry) != AE_IFREG || size < kPng.size()) continue;
    total += size;
    if (total > kMostBytes || media.files_.size() == kMostFiles) {
      return fail(ErrorCode::file_too_large, "The document's pictures are too large; choose some pages.", "pages");
    }
    std::string bytes(size, '\0');
    if (archive_read_data(packed.get(), bytes.data(), size) != static_cast<la_ssize_t>(size)) break;
    if (!bytes.starts_with(kPng) && !bytes.starts_with(kJpeg)) continue;
    const std::string_view name = path;
    media.files_[std::string(name.substr(name.rfind('/') + 1))] = std::move(bytes);
  }
  return media;
}

const std::string& Media::bytes(const std::string& file) const {
  static const std::string none;
  const auto found = files_.find(file);
  return found == files_.end() ? none : found->second;
}

std::string Media::extension(const std::string& file) const { return bytes(file).starts_with(kPng) ? "png" : "jpg"; }

}  // namespace recast::engines::pdf2office
