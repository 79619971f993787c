#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

/// What browsers send to the log-in pages, and what is sent back to be kept. Pure.
namespace recast::api {

/// Fields of a form (application/x-www-form-urlencoded, WHATWG URL 5.1).
class Form {
 public:
  /// malformed_body for another content type, more than 64 fields, a field that comes twice, or text that is no UTF-8.
  static Result<Form> of(const http::Request& request);
  static Result<Form> parse(std::string_view body);

  /// As it was typed; empty if absent.
  std::string get(std::string_view name) const { return query_.get(name).value_or(std::string()); }
  std::string trimmed(std::string_view name) const;

 private:
  http::Query query_;
};
bool is_form(const http::Request& request);

/// The value of a cookie (RFC 6265 5.4); the first of that name. nullopt if there is none.
std::optional<std::string> cookie_in(std::string_view header, std::string_view name);

/// A cookie of ours on a request: its full name there. Over TLS it has the prefix __Host-, so that no other host of the
/// domain can set it; over plain HTTP, which is for the loopback, browsers would refuse that.
std::string cookie_name(const http::Request& request, std::string_view name);
std::optional<std::string> cookie(const http::Request& request, std::string_view name);
/// Keeps it for so many seconds; 0 removes it. Not for scripts, not sent along from other sites' forms.
void set_cookie(http::Response& response, const http::Request& request, std::string_view name, std::string_view value,
                long seconds);

/// Where to go after the log-in: `wanted` if it is a path of this server, else "/account". Never another host, whatever
/// a browser makes of it ("//host", "/\host", "/%09/host" with the tab as such).
std::string own_path(std::string_view wanted);

}  // namespace recast::api
