#include "execution/hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/unique_handle.hpp"

namespace recast::execution {

namespace {

Result<std::string> hash_of(const std::filesystem::path& file, const EVP_MD* kind, const std::stop_token& stop) {
  const UniqueFd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!input) return std::unexpected(from_errno(errno, "reading an output"));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), kind, nullptr) != 1)
    return fail(ErrorCode::internal, "A hash is not to be had.");
  // No more: of thousands of small files, filling a larger one with zeros and giving it back would be most of the work.
  std::array<char, 64 << 10> buffer;
  while (true) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "Task has been cancelled");
    const auto count = ::read(input.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(from_errno(errno, "reading an output"));
    if (count == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(count));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace

Result<std::string> sha256_of(const std::filesystem::path& file, const std::stop_token& stop) {
  return hash_of(file, EVP_sha256(), stop);
}

Result<std::string> md5_of(const std::filesystem::path& file, const std::stop_token& stop) {
  return hash_of(file, EVP_md5(), stop);
}

}  // namespace recast::execution
