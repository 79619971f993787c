#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/context.hpp"
#include "base/result.hpp"

/// What people change of their own account, for the page and for scripts alike. Only for calls with a session. A wrong
/// password or code is invalid_data on the field it came in; too many of them are too_many_requests.
namespace recast::api {

/// Ends the other sessions. A user who came by OpenID has no password before: then the log-in has to be recent.
Result<> change_password(const Call& call, std::string_view current, std::string_view fresh);

struct OfferedFactor {
  std::string secret;  ///< base32, as it is typed
  std::string uri;     ///< for the app
};
/// A secret for an authenticator app, which is not asked for before it is confirmed; conflict if there is one already.
/// Wants the password, or else whoever finds a browser that is logged in could lock the owner out.
Result<OfferedFactor> offer_factor(const Call& call, std::string_view password);
/// The one that was offered and not confirmed yet; not_found.
Result<OfferedFactor> offered_factor(const Call& call);
/// The recovery codes, which are shown this once.
Result<std::vector<std::string>> confirm_factor(const Call& call, std::string_view code);
Result<> remove_factor(const Call& call, std::string_view password);

/// The provider's word lets nobody in by it any more, and the other sessions end. not_found, or conflict if it is the
/// last way in. Wants the password, or a recent log-in, as the others do.
Result<> unlink_identity(const Call& call, std::int64_t id, std::string_view password);

}  // namespace recast::api
