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

/// The cookie that names a session.
inline constexpr std::string_view kSessionCookie = "recast_session";

/// nullopt if nobody is logged in, or not any more. Routes with a scope have call.session already.
Result<std::optional<Session>> session_of(const Call& call);

/// For a request that changes something: forbidden unless it carries the session's token, as the form's field "csrf"
/// (application/x-www-form-urlencoded) or as X-CSRF-Token, and comes from a page of ours.
Result<> check_csrf(const Call& call, const Session& session);
/// forbidden if the browser says that another site's page sent this (Sec-Fetch-Site, else Origin).
Result<> check_origin(const Call& call);
/// The hidden field to put into a form.
std::string csrf_field(const Session& session);
/// The same with a token that comes from elsewhere.
std::string csrf_field(std::string_view token);

/// Sends the browser to the log-in page, which brings it back to the present address.
http::Response log_in_first(const Call& call);

/// What a session may do: everything its user may.
account::Principal principal_of(const Session& session);

}  // namespace recast::api
