#include "account/oauth.hpp"

#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <array>

#include "account/redirect_uri.hpp"
#include "account/signing.hpp"
#include "base/text.hpp"

namespace recast::account {

namespace {

constexpr std::size_t kSecretLength = 43;  // of 62 characters: 256 bits
constexpr std::size_t kFamilyLength = 22;  // 131 bits
constexpr std::string_view kSecretPrefix = "recast_secret_";
constexpr std::string_view kCodePrefix = "recast_code_";
constexpr std::string_view kRefreshPrefix = "recast_refresh_";

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// code_verifier and code_challenge are of the same form (RFC 7636 4.1, 4.2).
bool is_verifier(std::string_view text) {
  constexpr std::size_t kShortest = 43, kLongest = 128;
  return text.size() >= kShortest && text.size() <= kLongest &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || std::string_view("-._~").contains(c); });
}

/// BASE64URL(SHA256(text)) without padding (RFC 7636 4.2).
std::string s256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  auto encoded = to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
  std::ranges::replace(encoded, '+', '-');
  std::ranges::replace(encoded, '/', '_');
  encoded.resize(encoded.find_last_not_of('=') + 1);
  return encoded;
}

/// A name that users are to trust: without control characters, and without those of Unicode that turn text around
/// (U+202A to U+202E, U+2066 to U+2069).
bool is_presentable(std::string_view text) {
  if (!is_valid_utf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (!text.substr(i).starts_with("\xe2\x80") && !text.substr(i).starts_with("\xe2\x81")) continue;
    const auto last = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0;
    if (text[i + 1] == '\x80' ? last >= 0xaa && last <= 0xae : last >= 0xa6 && last <= 0xa9) return false;
  }
  return true;
}

std::string form_decode(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '+', ' ');
  return percent_decode(out);
}

}  // namespace

bool OauthClient::may(std::string_view flow) const { return std::ranges::find(flows, flow) != flows.end(); }

std::optional<std::string> OauthClient::redirect_for(const std::optional<std::string>& asked) const {
  if (!asked) return redirect_uris.size() == 1 ? std::optional(redirect_uris.front()) : std::nullopt;
  const bool known =
      std::ranges::any_of(redirect_uris, [&](const auto& registered) { return is_same_redirect(registered, *asked); });
  return known ? asked : std::nullopt;
}

Result<> check_client(const OauthClient& client) {
  constexpr std::size_t kLongestName = 100, kMostUris = 20;
  if (client.name.empty() || client.name.size() > kLongestName)
    return fail(ErrorCode::invalid_data, "The name must be 1 to 100 bytes long.", "name");
  if (!is_presentable(client.name))
    return fail(ErrorCode::invalid_data, "The name has a character that cannot be seen.", "name");
  if (client.redirect_uris.empty() || client.redirect_uris.size() > kMostUris)
    return fail(ErrorCode::invalid_data, "There must be 1 to 20 redirect URIs.", "redirect_uris");
  for (const auto& uri : client.redirect_uris) {
    RECAST_CHECK(check_redirect_uri(uri));
    if (std::ranges::count(client.redirect_uris, uri) > 1)
      return fail(ErrorCode::invalid_data, "A redirect URI is there twice.", "redirect_uris");
  }
  constexpr std::string_view known[] = {flow::code, flow::implicit, flow::refresh};
  for (const auto& flow : client.flows) {
    if (std::ranges::find(known, flow) == std::end(known))
      return fail(ErrorCode::invalid_data, "A grant type must be authorization_code, refresh_token or implicit.",
                  "grant_types");
  }
  if (!client.may(flow::code) && !client.may(flow::implicit))
    return fail(ErrorCode::invalid_data, "One of the grant types must be authorization_code or implicit.",
                "grant_types");
  return {};
}

Result<std::vector<std::string>> read_oauth_scopes(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, ',', ' ');
  const auto known = all_scopes();
  std::vector<std::string> scopes;
  for (const auto word : split(blanks, ' ')) {
    if (word.empty() || std::ranges::find(scopes, word) != scopes.end()) continue;
    if (std::ranges::find(known, word) == known.end())
      return fail(ErrorCode::invalid_data, "There is no scope " + std::string(word.substr(0, 100)) + ".", "scope");
    scopes.emplace_back(word);
  }
  return scopes;
}

bool covers(const std::vector<std::string>& given, const std::vector<std::string>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& scope) { return std::ranges::find(given, scope) != given.end(); });
}

bool Challenge::is_met_by(std::string_view verifier) const {
  if (method == Method::none) return verifier.empty();
  if (!is_verifier(verifier)) return false;
  return same_signature(method == Method::plain ? std::string(verifier) : s256(verifier), value);
}

Result<Challenge> read_challenge(const std::optional<std::string>& value, const std::optional<std::string>& method) {
  if (!value) {
    if (!method) return Challenge();
    return fail(ErrorCode::invalid_data, "There is a code_challenge_method without a code_challenge.",
                "code_challenge");
  }
  Challenge challenge{.method = Challenge::Method::plain, .value = *value};
  if (method && *method == "S256") {
    challenge.method = Challenge::Method::s256;
  } else if (method && *method != "plain") {
    return fail(ErrorCode::invalid_data, "The code_challenge_method must be S256 or plain.", "code_challenge_method");
  }
  if (!is_verifier(*value)) {
    return fail(ErrorCode::invalid_data,
                "The code_challenge must be 43 to 128 letters, digits, dots, dashes, underscores or tildes.",
                "code_challenge");
  }
  return challenge;
}

std::string new_client_secret(Random& random) { return std::string(kSecretPrefix) + random.token(kSecretLength); }
std::string new_authorization_code(Random& random) { return std::string(kCodePrefix) + random.token(kSecretLength); }

std::string RefreshToken::text() const { return std::string(kRefreshPrefix) + family + "." + secret; }

RefreshToken new_refresh_token(Random& random) { return {random.token(kFamilyLength), random.token(kSecretLength)}; }

RefreshToken next_refresh_token(const RefreshToken& before, Random& random) {
  return {before.family, random.token(kSecretLength)};
}

std::optional<RefreshToken> read_refresh_token(std::string_view text) {
  if (!text.starts_with(kRefreshPrefix)) return std::nullopt;
  text.remove_prefix(kRefreshPrefix.size());
  if (text.size() != kFamilyLength + 1 + kSecretLength || text[kFamilyLength] != '.') return std::nullopt;
  RefreshToken token{std::string(text.substr(0, kFamilyLength)), std::string(text.substr(kFamilyLength + 1))};
  if (!std::ranges::all_of(token.family + token.secret, is_alphanumeric)) return std::nullopt;
  return token;
}

std::optional<ClientCredentials> read_basic_credentials(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  authorization = trim(authorization);
  if (authorization.size() < kScheme.size() || !equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  const auto decoded = from_base64(authorization.substr(kScheme.size()));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return ClientCredentials{form_decode(std::string_view(*decoded).substr(0, colon)),
                           form_decode(std::string_view(*decoded).substr(colon + 1))};
}

}  // namespace recast::account
