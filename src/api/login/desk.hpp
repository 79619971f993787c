#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "account/password.hpp"
#include "api/login/openid.hpp"
#include "api/services.hpp"
#include "store/logins.hpp"

namespace recast::http {
struct Request;
struct Response;
}  // namespace recast::http
namespace recast::api {

struct Call;
struct LoginSettings;
struct Session;

/// Where people are let in: looks at passwords and codes, makes them wait who guess, and begins sessions. One for the
/// server. Safe from many threads.
class LoginDesk {
 public:
  explicit LoginDesk(Services& services);

  /// How somebody fared.
  struct Verdict {
    enum class Outcome { right, wrong, wait };
    Outcome outcome = Outcome::wrong;
    store::LoginUser user;        ///< if right
    std::chrono::seconds wait{};  ///< until the next attempt is looked at
  };
  /// Users that do not exist, have no password or are disabled fare as with a wrong password, and take as long.
  Result<Verdict> check_password(const Call& call, const std::string& username, std::string_view password);
  /// A code of the app, or a recovery code; each works once.
  Result<Verdict> check_code(const Call& call, const store::LoginUser& user, std::string_view code);
  /// For what anybody may do, such as registering: counts it as a failure of the address.
  Result<std::chrono::seconds> slow_down(const Call& call);
  Result<> was_no_failure(const Call& call);

  /// Checked against the rules for new ones; invalid_data on `field`.
  Result<std::string> hash_new_password(std::string_view password, std::string_view username,
                                        std::string_view field = "password");

  /// Begins a session and sends the browser to `next`; to the second factor first, if the user has one and `way` does
  /// not say it was given. `identity`: what a provider vouched for.
  Result<http::Response> let_in(const Call& call, const store::LoginUser& user, std::string_view way,
                                std::string_view next, std::optional<account::Identity> identity = {});
  /// The same after the second factor, in place of the pending session of that hash.
  Result<http::Response> let_in_at_last(const Call& call, const store::LoginUser& user, const std::string& pending,
                                        std::string_view next);
  const LoginSettings& settings() const { return settings_; }
  OpenIdProvider& provider() { return provider_; }

 private:
  struct Names;
  Result<std::chrono::seconds> wait_for(store::Logins::Attempts names);
  Result<http::Response> begin(const Call& call, store::NewSession session, UserId user, std::string_view next);

  Services& services_;
  const LoginSettings& settings_;
  account::PasswordHasher hasher_;
  OpenIdProvider provider_;
};

/// The session that waits for its second factor on this browser; nullopt if none does.
Result<std::optional<store::Logins::Visitor>> pending_session(const Call& call);

}  // namespace recast::api
