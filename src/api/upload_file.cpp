#include "api/upload_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/io.hpp"
#include "base/text.hpp"
#include "format/format.hpp"

namespace recast::api {

namespace {

constexpr std::size_t kSmall = 64 * 1024;
constexpr std::string_view kWhat = "the uploaded file";

Result<> written_or(int error) { return error == 0 ? Result<>() : std::unexpected(from_errno(error, kWhat)); }

/// False only if bytes were lost: whether a file system can do this at all is not the client's concern.
bool sync_range(int file, std::uint64_t from, std::uint64_t to, unsigned how) {
  const int done = ::sync_file_range(file, static_cast<off64_t>(from), static_cast<off64_t>(to - from), how);
  return done == 0 || (errno != EIO && errno != ENOSPC && errno != EDQUOT);
}

}  // namespace

Result<std::unique_ptr<UploadFile>> UploadFile::create(std::filesystem::path path, std::uint64_t window) {
  UniqueFd file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, "the upload folder"));
  Digest digest(EVP_MD_CTX_new());
  // From here on the file is removed whatever happens.
  std::unique_ptr<UploadFile> upload(new UploadFile(std::move(path), std::move(file), std::move(digest), window));
  if (!upload->digest_ || EVP_DigestInit_ex(upload->digest_.get(), EVP_md5(), nullptr) != 1) {
    return fail(ErrorCode::internal, "MD5 is not available.");
  }
  return upload;
}

UploadFile::UploadFile(std::filesystem::path path, UniqueFd file, Digest digest, std::uint64_t window)
    : path_(std::move(path)), file_(std::move(file)), digest_(std::move(digest)), window_(window) {}

UploadFile::~UploadFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

Result<> UploadFile::write(std::span<const char> bytes) {
  const std::string_view text(bytes.data(), bytes.size());
  if (first_bytes_.size() < format::kFirstBytes) {
    first_bytes_ += text.substr(0, format::kFirstBytes - first_bytes_.size());
  }
  if (EVP_DigestUpdate(digest_.get(), text.data(), text.size()) != 1) return fail(ErrorCode::internal, "MD5 failed.");
  size_ += text.size();
  if (small_.size() + text.size() < kSmall) {
    small_ += text;
    return {};
  }
  RECAST_CHECK(flush());
  if (text.size() >= kSmall) return put(text);
  small_ = text;
  return {};
}

Result<> UploadFile::flush() {
  RECAST_CHECK(put(small_));
  small_.clear();
  return {};
}

Result<> UploadFile::put(std::string_view bytes) {
  RECAST_CHECK(written_or(write_all(file_.get(), bytes)));
  written_ += bytes.size();
  return written_ - on_its_way_ >= window_ ? write_back() : Result<>();
}

/// Waits for the window before, so that a disk slower than the client slows the client down instead of the end.
Result<> UploadFile::write_back() {
  constexpr unsigned begin = SYNC_FILE_RANGE_WRITE;
  constexpr unsigned complete = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (!sync_range(file_.get(), on_its_way_, written_, begin)) return written_or(errno);
  if (on_its_way_ > on_disk_ && !sync_range(file_.get(), on_disk_, on_its_way_, complete)) return written_or(errno);
  on_disk_ = std::exchange(on_its_way_, written_);
  return {};
}

Result<> UploadFile::close() {
  RECAST_CHECK(flush());
  file_.reset();
  small_ = {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(digest_.get(), digest.data(), &size) != 1) return fail(ErrorCode::internal, "MD5 failed.");
  md5_ = to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
  return {};
}

}  // namespace recast::api
