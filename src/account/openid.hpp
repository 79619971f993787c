#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "account/login.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

/// What of OpenID Connect needs no network: tokens, their signatures and claims. Pure.
namespace recast::account {

namespace json = boost::json;

/// base64url without padding (RFC 7515 2).
std::string base64url(std::string_view bytes);
/// "code_challenge" of a verifier by S256 (RFC 7636 4.2).
std::string pkce_challenge(std::string_view verifier);

/// What an ID token has to say to be ours.
struct TokenExpectation {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  Time now{};
};
/// The claims of an ID token, after all checks of OpenID Connect Core 3.1.3.7: a signature by RS256 or ES256 with one
/// of `keys` (RFC 7517 5), issuer, audience, authorized party, nonce, and times with a minute's tolerance. forbidden
/// saying which one failed; not_found if there is no key of that name, since providers change theirs.
Result<json::object> check_id_token(std::string_view token, const json::array& keys, const TokenExpectation& expected);

/// A claim that is text, else empty.
std::string claim(const json::object& claims, std::string_view name);
/// Whether a claim is that text or a list that holds it.
bool claim_holds(const json::object& claims, std::string_view name, std::string_view value);
/// The mail address, if the provider has verified it; else empty.
std::string verified_email(const json::object& claims);
/// The account of somebody who is new here: a username that check_username() takes.
NewAccount account_from(const json::object& claims);

}  // namespace recast::account
