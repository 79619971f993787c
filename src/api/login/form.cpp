#include "api/login/form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace recast::api {

namespace {
constexpr std::size_t kMostFields = 64;
constexpr std::size_t kLongestPath = 4096;
constexpr std::string_view kAfterLogin = "/account";
}  // namespace

bool is_form(const http::Request& request) {
  const auto type = request.headers.get("Content-Type");
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/x-www-form-urlencoded");
}

Result<Form> Form::of(const http::Request& request) {
  if (!is_form(request))
    return fail(ErrorCode::malformed_body, "The body must be a form: application/x-www-form-urlencoded.");
  return parse(request.body);
}

Result<Form> Form::parse(std::string_view body) {
  Form form;
  form.query_ = http::Query::parse(body);
  std::set<std::string_view> names;
  if (form.query_.all().size() > kMostFields) return fail(ErrorCode::malformed_body, "The form has too many fields.");
  for (const auto& [name, value] : form.query_.all()) {
    if (!is_valid_utf8(name) || !is_valid_utf8(value))
      return fail(ErrorCode::malformed_body, "The form is not UTF-8.");
    if (!names.insert(name).second) return fail(ErrorCode::malformed_body, "A field of the form comes twice.");
  }
  return form;
}

std::string Form::trimmed(std::string_view name) const { return std::string(trim(get(name))); }

std::optional<std::string> cookie_in(std::string_view header, std::string_view name) {
  for (const auto piece : split(header, ';')) {
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos || trim(piece.substr(0, equals)) != name) continue;
    return std::string(trim(piece.substr(equals + 1)));
  }
  return std::nullopt;
}

std::string cookie_name(const http::Request& request, std::string_view name) {
  return (request.secure ? "__Host-" : "") + std::string(name);
}

std::optional<std::string> cookie(const http::Request& request, std::string_view name) {
  return cookie_in(request.headers.get("Cookie"), cookie_name(request, name));
}

void set_cookie(http::Response& response, const http::Request& request, std::string_view name, std::string_view value,
                long seconds) {
  response.headers.add("Set-Cookie",
                       fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{}", cookie_name(request, name),
                                   value, seconds, request.secure ? "; Secure" : ""));
}

std::string own_path(std::string_view wanted) {
  const bool is_own = wanted.starts_with('/') && !wanted.starts_with("//") && wanted.size() <= kLongestPath &&
                      std::ranges::all_of(wanted, [](char c) { return c > ' ' && c < 127 && c != '\\'; });
  return std::string(is_own ? wanted : kAfterLogin);
}

}  // namespace recast::api
