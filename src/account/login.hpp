#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"

/// How people come in, as values. Pure.
namespace recast::account {

/// A browser that is logged in, or waits for its second factor.
struct LoginSession {
  std::int64_t id = 0;
  UserId user{};
  std::string hash;      ///< SHA-256 of the cookie's token
  bool pending = false;  ///< the password was right, the second factor is still asked for
  Time created{};
  Time expires{};
  Time seen{};  ///< kept to about a minute
  std::string address;
  std::string user_agent;
};

/// What somebody needs to make an account, sent by an administrator.
struct Invitation {
  std::int64_t id = 0;
  std::string email;
  bool administrator = false;
  Time created{};
  Time expires{};
};

/// Who somebody is at an OpenID Connect provider: the pair that never changes (OpenID Connect Core 5.7).
struct Identity {
  std::string issuer;
  std::string subject;
};

/// invalid_data on "subject" for what no provider calls anybody: it is 1 to 255 characters of ASCII (OpenID Connect
/// Core 2, sub).
Result<> check_subject(std::string_view subject);

/// One that a user comes in by.
struct LinkedIdentity {
  std::int64_t id = 0;
  UserId user{};
  Identity identity;
  Time created{};
  std::optional<Time> last_used;  ///< when the provider last vouched for the user at a log-in
};

/// A new account, however it comes about.
struct NewAccount {
  std::string username;
  std::string email;
  bool administrator = false;
};

/// What is to change of a user; what is absent stays.
struct UserChange {
  std::optional<std::string> email;
  std::optional<bool> administrator;
  std::optional<bool> enabled;
};

/// How many log-ins may fail in a row, and how the pauses grow after that.
struct Throttle {
  std::int64_t free = 5;
  std::chrono::seconds first{1};
  std::chrono::seconds longest{900};
};
/// After that many failures in a row: none for the free ones, then the first pause, twice that, four times …
std::chrono::seconds pause_after(std::int64_t failures, const Throttle& throttle);
/// What throttling knows an address by: an IPv6 one by its /64, which is what one customer has.
std::string throttled_address(std::string_view address);

/// Names of accounts that people choose themselves: invalid_data on "username" unless it has 1 to 64 letters, digits,
/// dots, dashes and underscores, and begins with a letter or digit.
Result<> check_username(std::string_view username);
/// invalid_data on "email" unless it could be an address: one @ with something before and a host behind.
Result<> check_email(std::string_view email);

}  // namespace recast::account
