#pragma once

#include <string>
#include <vector>

#include "account/notice.hpp"
#include "api/context.hpp"
#include "api/login/pages.hpp"
#include "store/logins.hpp"

/// What /account shows, as HTML. Only for calls with a session; `errors` are those of the section's own form.
namespace recast::api {

std::string password_section(const Call& call, const store::LoginUser& user, const FieldErrors& errors);
Result<std::string> factor_section(const Call& call, const store::LoginUser& user, const FieldErrors& errors);
Result<std::string> sessions_section(const Call& call);
/// Empty for a user without any.
std::string identities_section(const Call& call, const store::LoginUser& user,
                               const std::vector<account::LinkedIdentity>& identities, const FieldErrors& errors);
std::string notices_section(const Call& call, const account::NoticeChoice& choice, const FieldErrors& errors);

/// The check box of a kind: "mail.credits.low".
std::string notice_field(account::NoticeKind kind);

}  // namespace recast::api
