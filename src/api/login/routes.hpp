#pragma once

#include "api/context.hpp"

/// The parts of add_login_routes().
namespace recast::api {

void add_account_page_routes(Routes& routes);  ///< /account
void add_account_routes(Routes& routes);       ///< /account/v1
void add_openid_routes(Routes& routes);        ///< /login/openid

}  // namespace recast::api
