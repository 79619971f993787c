#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

/// OAuth 2.0 (RFC 6749, core.md 3.3) as values: programs that act for users. Pure.
namespace recast {
enum class GrantId : std::int64_t {};
enum class AuthorizationId : std::int64_t {};
}  // namespace recast

namespace recast::account {

/// What a client may do at the two endpoints (RFC 7591 2, grant_types).
namespace flow {
inline constexpr std::string_view code = "authorization_code";
inline constexpr std::string_view implicit = "implicit";
inline constexpr std::string_view refresh = "refresh_token";
}  // namespace flow

/// A program that somebody registered so that users can let it act for them.
struct OauthClient {
  std::string id;  ///< lower-case UUID
  UserId user{};   ///< who registered it
  std::string name;
  /// Whether it can keep a secret (RFC 6749 2.1). Else it is public and has to use PKCE.
  bool confidential = true;
  std::vector<std::string> redirect_uris;  ///< at least one; each passed check_redirect_uri()
  std::vector<std::string> flows;          ///< of the three above
  Time created{};
  Time updated{};

  bool may(std::string_view flow) const;
  /// Where a request may send the user: `asked` if it is registered, the only one if nothing is asked for. nullopt if
  /// neither.
  std::optional<std::string> redirect_for(const std::optional<std::string>& asked) const;
};

/// invalid_data on "name" (1 to 100 bytes, nothing that cannot be seen or turns text around), "redirect_uris" (1 to 20,
/// each once) or "grant_types".
Result<> check_client(const OauthClient& client);

/// What a user lets a client do; at most one for each pair of them.
struct Grant {
  GrantId id{};
  UserId user{};
  std::string client;
  std::string client_name;
  std::vector<std::string> scopes;
  /// Those that were agreed to for what runs live; nullopt: what was agreed to is for the sandbox only.
  std::optional<std::vector<std::string>> live_scopes = {};
  std::int64_t authorizations = 0;  ///< how many times the client is connected now
  Time created{};
  Time updated{};
  std::optional<Time> last_used;  ///< of the access tokens that are there
};

/// The words of a scope parameter, each once, separated by blanks or commas. invalid_data on "scope" for one that the
/// API does not have; `admin` is none of those, as it cannot be given to a client.
Result<std::vector<std::string>> read_oauth_scopes(std::string_view text);
/// Whether all of `wanted` are among `given`.
bool covers(const std::vector<std::string>& given, const std::vector<std::string>& wanted);

/// What ties the redeeming of a code to the request for it (RFC 7636).
struct Challenge {
  enum class Method { none, plain, s256 };
  Method method = Method::none;
  std::string value;

  /// Whether that is the verifier. Without a challenge only the empty one is, so that nobody can take PKCE off a
  /// request unseen (RFC 9700 4.8.2).
  bool is_met_by(std::string_view verifier) const;
};
/// invalid_data on "code_challenge" or "code_challenge_method"; the latter is `plain` if absent (RFC 7636 4.3).
Result<Challenge> read_challenge(const std::optional<std::string>& value, const std::optional<std::string>& method);

/// Each is random to at least 256 bits, and only its token_hash() is stored.
std::string new_client_secret(Random& random);
std::string new_authorization_code(Random& random);

/// A refresh token names what it belongs to by a random word that stays, and has a secret that changes with each use:
/// so one that was used before is recognised without keeping all that ever were.
struct RefreshToken {
  std::string family;
  std::string secret;

  std::string text() const;
};
RefreshToken new_refresh_token(Random& random);
/// The next one of the same family.
RefreshToken next_refresh_token(const RefreshToken& before, Random& random);
/// nullopt if it is not of that form.
std::optional<RefreshToken> read_refresh_token(std::string_view text);

/// How a client says which one it is.
struct ClientCredentials {
  std::string id;
  std::string secret;
};
/// Those of an Authorization header of scheme Basic, form-decoded as RFC 6749 2.3.1 wants it; nullopt for any other.
std::optional<ClientCredentials> read_basic_credentials(std::string_view authorization);

}  // namespace recast::account
