#pragma once

#include <expected>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::api {

/// An error of the endpoints of OAuth (RFC 6749 5.2, core.md 3.3).
struct OauthError {
  std::string code;         ///< "invalid_grant", …
  std::string description;  ///< what is wrong, for who wrote the client
  unsigned status = 400;
  std::string hint = {};   ///< what helps; empty: made from the code
  bool challenge = false;  ///< whether the answer names the scheme that the client tried (WWW-Authenticate)
};
template <class T>
using OauthResult = std::expected<T, OauthError>;

std::unexpected<OauthError> oauth_fail(std::string code, std::string description);
/// A failure of the store or the server. invalid_data is what a token or code was refused for: invalid_grant, or
/// invalid_scope on "scope".
OauthError oauth_error_of(const Error& error);

/// {"error":…,"error_description":…,"hint":…,"message":…}
http::Response oauth_error_response(const OauthError& error);
/// JSON that nobody may keep: RFC 6749 5.1.
http::Response oauth_response(unsigned status, const boost::json::value& body);

/// As it may stand in error_description: RFC 6749 4.1.2.1 allows printable ASCII without quotes and backslashes.
std::string plain_description(std::string text);

}  // namespace recast::api
