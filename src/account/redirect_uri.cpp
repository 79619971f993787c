#include "account/redirect_uri.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/text.hpp"

namespace recast::account {

namespace {

constexpr std::size_t kLongest = 2000;

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Of a URI (RFC 3986 2), the fragment's mark left out.
bool is_uri_character(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("-._~:/?[]@!$&'()*+,;=%").contains(c);
}

/// An address in its parts; all point into it.
struct Parts {
  std::string_view scheme;
  std::string_view host;  ///< an IPv6 address with its brackets
  std::string_view port;  ///< empty: none
  std::string_view rest;  ///< path and query
};

std::unexpected<Error> refused(std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), "redirect_uris");
}

bool is_port(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

bool is_host(std::string_view text) {
  if (text.empty()) return false;
  const bool bracketed = text.starts_with('[') && text.ends_with(']') && text.size() > 2;
  if (bracketed) text = text.substr(1, text.size() - 2);
  const std::string_view marks = bracketed ? ":." : "-.";
  return std::ranges::all_of(text, [&](char c) { return is_alpha(c) || is_digit(c) || marks.contains(c); });
}

/// Splits what stands between "//" and the path.
bool split_authority(std::string_view authority, Parts& parts) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = authority.substr(0, colon);
  if (!is_host(parts.host)) return false;
  if (colon == std::string_view::npos) return true;
  parts.port = authority.substr(colon + 1);
  return is_port(parts.port);
}

Result<Parts> parts_of(std::string_view uri) {
  if (uri.empty()) return refused("A redirect URI may not be empty.");
  if (uri.size() > kLongest) return refused("A redirect URI may not be longer than 2000 bytes.");
  if (uri.contains('#')) return refused("A redirect URI may not have a fragment.");
  if (!std::ranges::all_of(uri, is_uri_character)) return refused("A redirect URI has a character that no URI has.");
  Parts parts;
  parts.scheme = uri.substr(0, uri.find(':'));
  if (parts.scheme.size() == uri.size()) return refused("A redirect URI must be absolute.");
  parts.rest = uri.substr(parts.scheme.size() + 1);
  if (parts.scheme != "https" && parts.scheme != "http") return parts;
  if (!parts.rest.starts_with("//")) return refused("A redirect URI of http or https must have a host.");
  parts.rest.remove_prefix(2);
  const auto authority = parts.rest.substr(0, parts.rest.find_first_of("/?"));
  parts.rest.remove_prefix(authority.size());
  if (authority.contains('@')) return refused("A redirect URI may not have user information.");
  if (!split_authority(authority, parts)) return refused("The host or port of a redirect URI is not valid.");
  return parts;
}

bool is_this_machine(std::string_view host) { return host == "127.0.0.1" || host == "[::1]" || host == "localhost"; }

/// A private-use scheme: the name of a domain, backwards (RFC 8252 7.1).
bool is_private_scheme(std::string_view scheme) {
  return !scheme.empty() && scheme.front() >= 'a' && scheme.front() <= 'z' && scheme.contains('.') &&
         !scheme.ends_with('.') && std::ranges::all_of(scheme, [](char c) {
           return (c >= 'a' && c <= 'z') || is_digit(c) || std::string_view("+-.").contains(c);
         });
}

Result<Parts> checked_parts(std::string_view uri) {
  RECAST_TRY(const auto parts, parts_of(uri));
  if (parts.scheme == "https" || is_private_scheme(parts.scheme)) return parts;
  if (parts.scheme == "http") {
    if (is_this_machine(parts.host)) return parts;
    return refused("A redirect URI must be https; http is for 127.0.0.1, [::1] and localhost.");
  }
  return refused(
      "The scheme of a redirect URI must be https, or an application's own in lower case with a dot in it, such as "
      "com.example.app:/back.");
}

}  // namespace

Result<> check_redirect_uri(std::string_view uri) {
  RECAST_CHECK(checked_parts(uri));
  return {};
}

bool is_same_redirect(std::string_view registered, std::string_view asked) {
  const auto one = checked_parts(registered);
  const auto other = checked_parts(asked);
  if (!one || !other) return false;
  if (registered == asked) return true;
  return one->scheme == "http" && other->scheme == "http" && one->host == other->host && one->rest == other->rest;
}

bool belongs_to_a_host(std::string_view uri) { return uri.starts_with("https://"); }

std::string with_parameters(std::string_view uri, Place place, const Parameters& parameters) {
  std::string out(uri);
  char before = '#';
  if (place == Place::query) before = uri.contains('?') ? '&' : '?';
  for (const auto& [name, value] : parameters) {
    if (!out.ends_with(before)) out += before;
    out.append(name).append("=").append(percent_encode(value));
    before = '&';
  }
  return out;
}

std::string form_action_of(std::string_view uri) {
  const auto scheme = std::string(uri.substr(0, uri.find(':')));
  return scheme == "http" ? "http: https:" : scheme + ":";
}

}  // namespace recast::account
