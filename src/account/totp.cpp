#include "account/totp.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>

#include "account/account.hpp"
#include "account/signing.hpp"
#include "base/text.hpp"

namespace recast::account {

namespace {

constexpr std::int64_t kInterval = 30;  // seconds
constexpr std::int64_t kWindow = 1;
constexpr std::uint32_t kModulus = 1'000'000;
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kRecoveryCodes = 10;
constexpr std::size_t kRecoveryLength = 16;

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

/// Letters and digits of a code, lower case.
std::string plain(std::string_view code) {
  std::string out;
  for (const char c : lower(code)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

}  // namespace

std::string new_factor_secret(Random& random) { return random_bytes(random, kFactorSecretBytes); }

std::string base32(std::string_view bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kBase32[(buffer >> (bits - 5)) & 31];
    buffer &= (1U << bits) - 1;
  }
  if (bits > 0) out += kBase32[(buffer << (5 - bits)) & 31];
  return out;
}

std::int64_t totp_step(Time time) { return to_seconds(time) / kInterval; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), digest.data(),
       &length);
  // Dynamic truncation, RFC 4226 5.3.
  const std::size_t offset = digest[length - 1] & 15U;
  const std::uint32_t number = (static_cast<std::uint32_t>(digest[offset] & 0x7FU) << 24) |
                               (static_cast<std::uint32_t>(digest[offset + 1]) << 16) |
                               (static_cast<std::uint32_t>(digest[offset + 2]) << 8) | digest[offset + 3];
  return fmt::format("{:06}", number % kModulus);
}

std::optional<std::int64_t> totp_match(std::string_view secret, std::string_view code, Time now,
                                       std::int64_t last_used) {
  const auto digits = plain(code);
  const auto here = totp_step(now);
  std::optional<std::int64_t> found;
  for (auto step = here - kWindow; step <= here + kWindow; ++step) {
    if (same_signature(totp_code(secret, step), digits) && step > last_used && !found) found = step;
  }
  return found;
}

std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view username) {
  return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits=6&period=30",
                     percent_encode(issuer), percent_encode(username), base32(secret));
}

std::vector<std::string> new_recovery_codes(Random& random) {
  std::vector<std::string> codes;
  while (codes.size() < kRecoveryCodes) {
    const auto letters = lower(base32(random_bytes(random, kRecoveryLength * 5 / 8)));
    std::string code;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (i > 0 && i % 4 == 0) code += '-';
      code += letters[i];
    }
    codes.push_back(std::move(code));
  }
  return codes;
}

std::string recovery_code_hash(std::string_view code) { return token_hash(plain(code)); }

}  // namespace recast::account
