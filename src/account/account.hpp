#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/quota.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

/// Users, API keys and scopes as values. Pure.
namespace recast::account {

/// Scopes are words (core.md 3.2); unknown ones are kept. These are the ones the server asks for.
namespace scope {
inline constexpr std::string_view user_read = "user.read";
inline constexpr std::string_view user_write = "user.write";
inline constexpr std::string_view task_read = "task.read";
inline constexpr std::string_view task_write = "task.write";
inline constexpr std::string_view webhook_read = "webhook.read";
inline constexpr std::string_view webhook_write = "webhook.write";
inline constexpr std::string_view preset_read = "preset.read";
inline constexpr std::string_view preset_write = "preset.write";
/// Ours: manage users and keys of others. Only keys of administrators may carry it.
inline constexpr std::string_view admin = "admin";
}  // namespace scope
std::vector<std::string> all_scopes();  ///< those of the API, without admin

struct User {
  UserId id{};
  std::string username;
  std::string email;
  bool administrator = false;
  std::optional<std::int64_t> credits;  ///< what is left; none: unlimited
  Time created{};
  bool enabled = true;  ///< else neither its keys nor its password are good
  Quota quota;          ///< what the operator allows this user; the server's defaults stand for what it leaves open
};

/// Where a key is good (core.md 11).
enum class KeyMode { both, live, sandbox };
std::string_view key_mode_name(KeyMode mode);
std::optional<KeyMode> key_mode_from(std::string_view name);

/// How far a key reaches, beside its scopes.
struct KeyTerms {
  KeyMode mode = KeyMode::both;
  std::optional<Time> expires;  ///< from then on it is as good as revoked
  Quota quota;                  ///< further limits of this key's own
  KeyId family{};               ///< the key whose quota this one's use counts for, too; none: its own
};

struct ApiKey {
  KeyId id{};
  UserId user{};
  std::string name;
  std::string prefix;  ///< first characters of the token, to recognise it by
  std::vector<std::string> scopes;
  Time created{};
  std::optional<Time> last_used;  ///< kept to about a minute
  KeyTerms terms;
};

/// Who makes a request.
struct Principal {
  User user;
  KeyId key{};
  std::vector<std::string> scopes;
  KeyTerms terms;
  /// Whether the key is an access token of OAuth, with which a program acts for the user: such a one gives nothing away
  /// that would outlive it.
  bool delegated = false;

  bool has(std::string_view wanted) const;
  /// forbidden ("Invalid scope(s) provided.") if the key lacks it.
  Result<> require(std::string_view wanted) const;
  /// forbidden for a key of the other mode.
  Result<> require_mode(bool sandbox) const;
  /// forbidden for an access token of OAuth.
  Result<> require_own_key() const;
};

/// A new token: "recast_" and 43 random characters (256 bits).
std::string new_token(Random& random);
/// What is stored of a token: lower-case hex SHA-256. A token is 256 random bits, so that a slow password hash would
/// add nothing but latency (decision 0004).
std::string token_hash(std::string_view token);

}  // namespace recast::account
