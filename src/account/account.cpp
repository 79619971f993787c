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
                          scope::webhook_write, scope::preset_read, scope::preset_write}) {
    scopes.emplace_back(word);
  }
  return scopes;
}

bool Principal::has(std::string_view wanted) const { return std::ranges::find(scopes, wanted) != scopes.end(); }

Result<> Principal::require(std::string_view wanted) const {
  return has(wanted) ? Result<>{} : fail(ErrorCode::forbidden, "Invalid scope(s) provided.");
}

Result<> Principal::require_mode(bool sandbox) const {
  const auto other = sandbox ? KeyMode::live : KeyMode::sandbox;
  if (terms.mode != other) return {};
  return fail(ErrorCode::forbidden,
              sandbox ? "This API key is not for the sandbox." : "This API key is for the sandbox only.");
}

Result<> Principal::require_own_key() const {
  return delegated ? fail(ErrorCode::forbidden, "An access token of an application is not enough for this.")
                   : Result<>{};
}

std::string_view key_mode_name(KeyMode mode) {
  if (mode == KeyMode::live) return "live";
  return mode == KeyMode::sandbox ? "sandbox" : "both";
}

std::optional<KeyMode> key_mode_from(std::string_view name) {
  for (const auto mode : {KeyMode::both, KeyMode::live, KeyMode::sandbox}) {
    if (key_mode_name(mode) == name) return mode;
  }
  return std::nullopt;
}

std::string new_token(Random& random) { return std::string(kTokenPrefix) + random.token(kTokenLength); }

std::string token_hash(std::string_view token) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace recast::account
