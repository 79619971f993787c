#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// Passwords of people: argon2id by libsodium (RFC 9106), in its own text form, which names salt and cost.
namespace recast::account {

/// What one hash costs whoever makes it.
struct PasswordCost {
  std::int64_t memory_mib = 64;
  std::int64_t passes = 2;
};

inline constexpr std::size_t kLongestPassword = 1024;  ///< bytes

/// invalid_data on `field` for one that is too short (in characters), too long, or the username itself, that has
/// nothing but blanks, or control characters (C0, DEL and C1), which hardly anybody means or can type again. Passwords
/// are bytes: no form of Unicode is made the same as another.
Result<> check_password(std::string_view password, std::string_view username, std::size_t shortest,
                        std::string_view field = "password");

/// Makes and checks hashes, so many at a time: each takes its memory and a processor for about a tenth of a second, and
/// requests to log in come from anybody. A few more may wait, each on a thread of the caller's. Safe from many threads.
class PasswordHasher {
 public:
  /// `parallel` at once; as many again may wait.
  PasswordHasher(PasswordCost cost, int parallel);

  /// unavailable if too many are being made, or there is no memory for one.
  Result<std::string> hash(std::string_view password);
  /// Whether it is the password of that hash. An empty hash takes as long as any other and fits no password: for users
  /// that do not exist or have none.
  Result<bool> fits(std::string_view password, const std::string& hash);
  /// Whether a hash was made at another cost than the present one.
  bool is_outdated(const std::string& hash) const;

 private:
  class Place;
  Result<> enter();
  void leave();

  const std::size_t memory_;
  const unsigned long long passes_;
  const int parallel_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int working_ = 0;
  int waiting_ = 0;
  std::string nobodys_;  ///< a hash of a password that nobody knows, made when it is first needed
};

}  // namespace recast::account
