#include "api/link_signer.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "base/text.hpp"

namespace recast::api {

namespace {

/// What a download's signature covers: decoded names, so that no spelling of the URL matters.
std::string download_text(const TaskId& task, std::string_view dir_and_file, std::string_view expires) {
  return fmt::format("download\n{}\n{}\n{}", task.str(), expires, dir_and_file);
}

std::string encode_path(std::string_view path) {
  std::string out;
  for (const auto part : split(path, '/')) {
    if (!out.empty()) out += '/';
    out += percent_encode(part);
  }
  return out;
}

}  // namespace

std::string LinkSigner::sign(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* const done =
      ::HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  if (done == nullptr) throw std::runtime_error("HMAC-SHA256 failed");
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

bool LinkSigner::verify(std::string_view text, std::string_view signature) const {
  const auto right = sign(text);
  return right.size() == signature.size() && ::CRYPTO_memcmp(right.data(), signature.data(), right.size()) == 0;
}

std::string LinkSigner::download(std::string_view base, bool sandbox, const TaskId& task, std::string_view dir,
                                 std::string_view file, Time expires) const {
  const auto path = dir.empty() ? std::string(file) : fmt::format("{}/{}", dir, file);
  const auto seconds = fmt::format("{}", to_seconds(expires));
  return fmt::format("{}/{}/{}/{}?expires={}&signature={}", base, bucket_of(sandbox), task.str(), encode_path(path),
                     seconds, sign(download_text(task, path, seconds)));
}

bool LinkSigner::check_download(const TaskId& task, std::string_view dir_and_file, std::string_view expires,
                                std::string_view signature, Time now) const {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (error != std::errc() || end != expires.data() + expires.size()) return false;
  return verify(download_text(task, dir_and_file, expires), signature) && to_seconds(now) < seconds;
}

}  // namespace recast::api
