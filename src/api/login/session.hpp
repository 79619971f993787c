#pragma once

#include <optional>
#include <string>

#include "account/account.hpp"
#include "api/context.hpp"

namespace recast::api {

/// Somebody who logged in with a browser: what the session cookie of a request stands for.
struct Session {
  account::User user;
  std::string csrf;     ///< what forms of this session carry as "csrf", and scripts as X-CSRF-Token
  Time since{};         ///< when the log-in was
  std::string id_hash;  ///< of the cookie: its name in the store
};

/// nullopt if nobody is logged in, or not any more.
Result<std::optional<Session>> session_of(const Call& call);

/// For a form that was sent (application/x-www-form-urlencoded): forbidden unless it carries the session's token.
Result<> check_csrf(const Call& call, const Session& session);
/// The hidden field to put into a form.
std::string csrf_field(const Session& session);

/// Sends the browser to the log-in page, which brings it back to the present address.
http::Response log_in_first(const Call& call);

}  // namespace recast::api
