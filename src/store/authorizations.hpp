#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "account/oauth.hpp"
#include "store/database.hpp"

/// What the files of Grants share. For this module only.
namespace recast::store {

std::vector<std::string> words_of(std::string_view text);  ///< separated by blanks
std::string joined(const std::vector<std::string>& words);

/// A key of the authorization's user, called like its client.
void add_access_token(Write& write, AuthorizationId authorization, const std::vector<std::string>& scopes,
                      std::string_view token, std::chrono::seconds life);

/// Revokes access tokens: the keys that `which` (a condition on api_keys, with $1) chooses. Before their rows go.
template <class Value>
void end_access_tokens(Write& write, Database& database, std::string_view which, const Value& value) {
  struct Key {
    UserId user{};
    KeyId id{};
  };
  std::vector<Key> keys;
  {
    auto rows = write.sql.query("SELECT user_id, id FROM api_keys WHERE " + std::string(which), value);
    while (rows.next()) keys.push_back({UserId(rows.integer(0)), KeyId(rows.integer(1))});
  }
  for (const auto& key : keys) {
    write.sql.execute("DELETE FROM api_keys WHERE id = $1", key.id);
    write.key_revoked(key.user, key.id);
  }
  if (!keys.empty()) write.after_commit([&database] { database.keys.clear(); });
}

/// Ends authorizations, their tokens with them: those that `which` (a condition on oauth_authorizations, with $1)
/// chooses.
template <class Value>
void end_authorizations(Write& write, Database& database, std::string_view which, const Value& value) {
  const auto chosen = std::string(which);
  end_access_tokens(write, database, "authorization_id IN (SELECT id FROM oauth_authorizations WHERE " + chosen + ")",
                    value);
  write.sql.execute("DELETE FROM oauth_authorizations WHERE " + chosen, value);
}

}  // namespace recast::store
