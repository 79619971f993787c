#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::api {

/// A file being received. What has come is sent to the disk along the way, so that making it durable at the end takes
/// little, however large it is. Removed when this is destroyed: by then the storage has linked or copied it, or nobody
/// wants it.
class UploadFile {
 public:
  /// What a disk is told to write at once. At the end at most twice as much is still on its way.
  static constexpr std::uint64_t kWindow = 32ULL << 20;
  /// Makes the file, which must not be there yet.
  static Result<std::unique_ptr<UploadFile>> create(std::filesystem::path path, std::uint64_t window = kWindow);
  ~UploadFile();
  UploadFile(const UploadFile&) = delete;
  UploadFile& operator=(const UploadFile&) = delete;

  Result<> write(std::span<const char> bytes);
  /// All of it has come: only now the file is whole.
  Result<> close();

  const std::filesystem::path& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  const std::string& first_bytes() const { return first_bytes_; }  ///< as many as say what it is
  const std::string& md5() const { return md5_; }                  ///< in hex, after close()

 private:
  struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };
  using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

  UploadFile(std::filesystem::path path, UniqueFd file, Digest digest, std::uint64_t window);
  Result<> put(std::string_view bytes);
  Result<> flush();
  Result<> write_back();

  const std::filesystem::path path_;
  UniqueFd file_;
  const Digest digest_;
  const std::uint64_t window_;
  std::string small_;             ///< pieces not worth a system call each
  std::uint64_t size_ = 0;        ///< of all that has come
  std::uint64_t written_ = 0;     ///< to the file
  std::uint64_t on_its_way_ = 0;  ///< up to here the disk has been told to write
  std::uint64_t on_disk_ = 0;     ///< up to here it has
  std::string first_bytes_;
  std::string md5_;
};

}  // namespace recast::api
