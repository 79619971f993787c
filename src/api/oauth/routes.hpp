#pragma once

#include "api/context.hpp"

/// The endpoints of OAuth 2.0 by subject; add_oauth_routes() adds them all.
namespace recast::api {

void add_authorize_routes(Routes& routes);
void add_token_routes(Routes& routes);
void add_metadata_routes(Routes& routes);
void add_oauth_client_routes(Routes& routes);
void add_oauth_grant_routes(Routes& routes);
void add_application_routes(Routes& routes);

}  // namespace recast::api
