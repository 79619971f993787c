#include "engines/archivetool/worker/rar_cipher.hpp"

#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include <algorithm>

namespace recast::engines::archivetool::rar {

namespace {

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

/// UTF-16, low bytes first. What is no valid UTF-8 is no password of such an archive.
std::string utf16(std::string_view text) {
  std::string result;
  const auto put = [&result](std::uint32_t unit) {
    result += static_cast<char>(unit & 0xff);
    result += static_cast<char>(unit >> 8 & 0xff);
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead < 0xc0 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    std::uint32_t code = more == 0 ? lead : lead & (0x3fU >> more);
    for (int i = 0; i < more && at < text.size(); ++i)
      code = code << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
    if (code < 0x10000) {
      put(code);
    } else {
      put(0xd800 + (code - 0x10000) / 0x400);
      put(0xdc00 + code % 0x400);
    }
  }
  return result;
}

}  // namespace

Cipher Cipher::of_rar4(std::string_view password, std::string_view salt) {
  constexpr std::uint32_t kRounds = 1 << 18, kPart = kRounds / kCipherBlock;
  const auto seed = utf16(password) + std::string(salt);
  Cipher result;
  std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest{};
  sha1_ctx sum;
  sha1_init(&sum);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    const std::array<std::uint8_t, 3> number{static_cast<std::uint8_t>(round), static_cast<std::uint8_t>(round >> 8),
                                             static_cast<std::uint8_t>(round >> 16)};
    sha1_update(&sum, seed.size(), bytes_of(seed));
    sha1_update(&sum, number.size(), number.data());
    if (round % kPart != 0) continue;
    auto so_far = sum;
    sha1_digest(&so_far, digest.size(), digest.data());
    result.chain_[round / kPart] = digest.back();
  }
  sha1_digest(&sum, digest.size(), digest.data());
  for (std::size_t word = 0; word < AES128_KEY_SIZE; word += 4) std::reverse(&digest[word], &digest[word] + 4);
  aes128_set_decrypt_key(&result.key_.emplace<aes128_ctx>(), digest.data());
  return result;
}

Cipher Cipher::of_rar5(std::string_view key, std::string_view start) {
  Cipher result;
  aes256_set_decrypt_key(&result.key_.emplace<aes256_ctx>(), bytes_of(key));
  std::ranges::copy(start.substr(0, kCipherBlock), reinterpret_cast<char*>(result.chain_.data()));
  return result;
}

void Cipher::decrypt(std::span<char> bytes) {
  auto* const data = reinterpret_cast<std::uint8_t*>(bytes.data());
  const auto run = [&](const void* key, nettle_cipher_func* function) {
    cbc_decrypt(key, function, kCipherBlock, chain_.data(), bytes.size(), data, data);
  };
  if (const auto* const key = std::get_if<aes128_ctx>(&key_))
    run(key, reinterpret_cast<nettle_cipher_func*>(&aes128_decrypt));
  else
    run(&std::get<aes256_ctx>(key_), reinterpret_cast<nettle_cipher_func*>(&aes256_decrypt));
}

Keys Keys::make(std::string_view password, std::string_view salt, unsigned rounds) {
  constexpr unsigned kSums = 16, kProof = 32;  // more repetitions for what may be known of a key
  const auto derive = [&](unsigned more) {
    std::string key(SHA256_DIGEST_SIZE, '\0');
    pbkdf2_hmac_sha256(password.size(), bytes_of(password), (1U << rounds) + more, salt.size(), bytes_of(salt),
                       key.size(), reinterpret_cast<std::uint8_t*>(key.data()));
    return key;
  };
  Keys keys{.cipher = derive(0), .sums = derive(kSums), .proof = std::string(8, '\0')};
  const auto long_proof = derive(kProof);
  for (std::size_t i = 0; i < long_proof.size(); ++i) keys.proof[i % keys.proof.size()] ^= long_proof[i];
  return keys;
}

bool may_be_right(const Keys& keys, std::string_view check) {
  constexpr std::size_t kSum = 4;
  const auto proof = check.substr(0, keys.proof.size());
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_ctx sum;
  sha256_init(&sum);
  sha256_update(&sum, proof.size(), bytes_of(proof));
  sha256_digest(&sum, digest.size(), digest.data());
  const std::string_view expected(reinterpret_cast<const char*>(digest.data()), kSum);
  const bool damaged = proof.size() != keys.proof.size() || check.substr(proof.size()) != expected;
  return damaged || proof == keys.proof;
}

std::uint32_t hidden_sum(const Keys& keys, std::uint32_t crc) {
  const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(crc), static_cast<std::uint8_t>(crc >> 8),
                                          static_cast<std::uint8_t>(crc >> 16), static_cast<std::uint8_t>(crc >> 24)};
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  hmac_sha256_ctx sum;
  hmac_sha256_set_key(&sum, keys.sums.size(), bytes_of(keys.sums));
  hmac_sha256_update(&sum, bytes.size(), bytes.data());
  hmac_sha256_digest(&sum, digest.size(), digest.data());
  std::uint32_t result = 0;
  for (std::size_t i = 0; i < digest.size(); ++i) result ^= std::uint32_t{digest[i]} << i % 4 * 8;
  return result;
}

}  // namespace recast::engines::archivetool::rar
