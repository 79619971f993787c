#pragma once

#include "api/context.hpp"

/// The parts of add_admin_routes().
namespace recast::api {

void add_admin_login_routes(Routes& routes);  ///< /admin/v1/invitations, and how users come in

}  // namespace recast::api
