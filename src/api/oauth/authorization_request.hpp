#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/redirect_uri.hpp"
#include "api/context.hpp"
#include "api/oauth/error.hpp"
#include "store/grants.hpp"

namespace recast::api {

/// Where the answer of an authorization request goes, and how.
struct ReturnAddress {
  std::string uri;
  account::Place place = account::Place::query;  ///< the fragment for the implicit grant
  std::string state;                             ///< of the request; empty: none
  std::string issuer;                            ///< RFC 9207

  http::Response send(account::Parameters parameters) const;
  http::Response send(const OauthError& error) const;
};

/// A request at the authorization endpoint (RFC 6749 4.1.1, 4.2.1), as far as it can be read.
struct AuthorizationRequest {
  store::Grants::Known client;
  ReturnAddress back;
  bool redirect_asked = false;
  bool sandbox = false;  ///< what is granted is good there only
  bool implicit = false;
  std::vector<std::string> scopes;
  account::Challenge challenge;
  std::string prompt;  ///< "none", "consent" or anything else, which means nothing
};

/// What is wrong with the client or the redirect URI is told to the browser alone (status 401): an address that is not
/// the client's is never sent anything.
OauthResult<AuthorizationRequest> find_client_of(Call& call);
/// The rest of it. The client is told what is wrong.
OauthResult<void> read_rest(Call& call, AuthorizationRequest& request);

}  // namespace recast::api
