#include "account/account.hpp"

#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace recast::account {

namespace {
constexpr std::string_view kTokenPrefix = "recast_";
constexpr std::size_t kTokenLength = 43;  // of 62 characters: 256 bits
}  // namespace

std::vector<std::string> all_scopes() {
  std::vector<std::string> scopes;
  for (const auto word : {scope::user_read, scope::user_write, scope::task_read, scope::task_write, scope::webhook_read,
                          scope::webhook_write}) {
    scopes.emplace_back(word);
  }
  return scopes;
}

bool Principal::has(std::string_view wanted) const { return std::ranges::find(scopes, wanted) != scopes.end(); }

Result<> Principal::require(std::string_view wanted) const {
  return has(wanted) ? Result<>{} : fail(ErrorCode::forbidden, "Invalid scope(s) provided.");
}

std::string new_token(Random& random) { return std::string(kTokenPrefix) + random.token(kTokenLength); }

std::string token_hash(std::string_view token) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace recast::account
