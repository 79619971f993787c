#include "storage/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <new>
#include <vector>

namespace recast::storage {

namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// One hash that is fed piece by piece. Running out of memory is the only way for these to fail.
class Hash {
 public:
  explicit Hash(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), kind, nullptr) != 1) throw std::bad_alloc();
  }
  void add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw std::bad_alloc();
  }
  std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) != 1) throw std::bad_alloc();
    return {reinterpret_cast<const char*>(bytes.data()), size};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
};

std::string hash_of(const EVP_MD* kind, std::string_view text) {
  Hash hash(kind);
  hash.add(text);
  return hash.end();
}

/// Calls `add` with every piece of it.
template <class Add>
Result<> each_piece(const net::FilePart& part, const std::stop_token& stop, const Add& add, const Await& await = {}) {
  std::vector<char> piece(1 << 18);
  for (std::uint64_t done = 0; done < part.length;) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "The task was cancelled");
    const auto there = await ? std::min(await(done), part.length) : part.length;
    if (there <= done) return fail(ErrorCode::cancelled, "The file does not come");
    const auto wanted = std::min<std::uint64_t>(piece.size(), there - done);
    const auto got = ::pread(part.descriptor, piece.data(), wanted, static_cast<off_t>(part.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(ErrorCode::internal, "The file cannot be read");
    add(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    done += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace

std::string sha256(std::string_view text) { return hash_of(EVP_sha256(), text); }
std::string md5(std::string_view text) { return hash_of(EVP_md5(), text); }

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
           text.size(), bytes.data(), &size) == nullptr) {
    throw std::bad_alloc();
  }
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

Result<Digests> digests(const net::FilePart& part) {
  Hash sha(EVP_sha256());
  Hash five(EVP_md5());
  RECAST_CHECK(each_piece(part, {}, [&](std::string_view bytes) {
    sha.add(bytes);
    five.add(bytes);
  }));
  return Digests{sha.end(), five.end()};
}

Result<std::string> md5_of(const net::FilePart& part, const std::stop_token& stop, const Await& await) {
  Hash hash(EVP_md5());
  RECAST_CHECK(each_piece(
      part, stop, [&](std::string_view bytes) { hash.add(bytes); }, await));
  return hash.end();
}

}  // namespace recast::storage
