#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

/// Where an OAuth client lets its users be sent back to. Pure.
namespace recast::account {

/// invalid_data on "redirect_uris", saying what is wrong, for anything but
/// - https with a host;
/// - http on the machine itself: 127.0.0.1, [::1] or localhost (RFC 8252 7.3);
/// - a scheme of a native application's own, which has a dot in it, such as com.example.app:/back (RFC 8252 7.1): so
///   nothing that a browser runs or opens itself (javascript:, data:, file:) can be one.
/// Neither a fragment (RFC 6749 3.1.2), nor user information, nor characters that do not belong into a URI.
Result<> check_redirect_uri(std::string_view uri);

/// Whether a request may send users to `asked` because `registered` is: they are the same to the letter, but the port
/// of an http address on the machine itself may be any (RFC 8252 7.3; RFC 9700 2.1).
bool is_same_redirect(std::string_view registered, std::string_view asked);

/// Whether only the owner of a host can receive what is sent there. Anybody's program can listen on the machine itself
/// or claim a scheme, so that the client behind such an address is not known for sure (RFC 8252 8.6).
bool belongs_to_a_host(std::string_view uri);

/// The address with parameters behind it, percent-encoded, in the query or the fragment.
enum class Place { query, fragment };
using Parameters = std::vector<std::pair<std::string_view, std::string>>;
std::string with_parameters(std::string_view uri, Place place, const Parameters& parameters);

/// What `form-action` of a Content-Security-Policy has to allow beside 'self' for a form whose answer leads there.
/// Browsers apply it to the whole chain of redirects behind a form, and the client may send its user on: so it is the
/// scheme, not the host.
std::string form_action_of(std::string_view uri);

}  // namespace recast::account
