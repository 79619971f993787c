#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "storage/http.hpp"

/// Access tokens of service accounts (import-export.md 8.1).
/// https://developers.google.com/identity/protocols/oauth2/service-account
namespace recast::storages::google {

/// A service account, and what it wants to do where.
struct Account {
  std::string email;
  std::string key;       ///< PEM, PKCS#8 or PKCS#1; its line breaks may be "\n" of two characters
  std::string scope;     ///< "https://www.googleapis.com/auth/devstorage.read_only"
  std::string audience;  ///< the URL that grants tokens
};

/// The signed claim (JWT, RS256) that a token is granted for. invalid_credentials if the key cannot be used.
Result<std::string> assertion_of(const Account& account, std::chrono::system_clock::time_point now);

struct Token {
  std::string text;
  std::chrono::seconds life{};
};
/// What a grant says; its refusal as an error.
Result<Token> token_of(const net::Answer& answer);

/// Tokens that are still good, by SHA-256 of what they were granted for. Safe from many threads.
class Tokens {
 public:
  using Time = std::chrono::steady_clock::time_point;

  std::optional<std::string> find(const std::string& key, Time now) const;
  /// A minute before its life is over it is not found any more.
  void keep(const std::string& key, const Token& token, Time now);
  void drop(const std::string& key);

 private:
  struct Kept {
    std::string text;
    Time until;
  };
  Guarded<std::map<std::string, Kept>> kept_;
};

/// The token of one task's account. Safe from many threads, which wait for one grant.
class Login {
 public:
  /// `http` must outlive it. `trusted`: the audience is the operator's own address.
  Login(const storage::Http& http, Tokens& tokens, Account account, bool trusted);

  Result<std::string> token();
  /// It was refused: the next one is granted anew.
  void forget();

 private:
  const storage::Http& http_;
  Tokens& tokens_;
  const Account account_;
  const std::string key_;
  const bool trusted_;
  std::mutex granting_;
};

}  // namespace recast::storages::google
