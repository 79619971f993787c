#pragma once

#include <string_view>

#include "account/account.hpp"
#include "api/oauth/authorization_request.hpp"

namespace recast::api {

/// What a scope lets a client do, for people; empty for one that the API does not have.
std::string_view words_of_scope(std::string_view scope);

/// The page that asks a user whether the client may act for them. Its form goes to the address of the page itself, with
/// `hidden_fields` (HTML) and "decision": "approve" or "deny".
http::Response consent_page(const AuthorizationRequest& request, const account::User& user, std::string_view raw_query,
                            std::string_view hidden_fields);

}  // namespace recast::api
