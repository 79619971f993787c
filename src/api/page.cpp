#include "api/page.hpp"

#include <fmt/format.h>

#include "api/envelope.hpp"
#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::string_view kPage =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>\n"
    ":root {{ color-scheme: light dark; }}\n"
    "body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }}\n"
    "h1 {{ font-size: 1.4rem; }}\ncode {{ font-size: .9em; }}\n</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n{1}\n"
    "</main>\n</body>\n</html>\n";

std::string_view title_of(unsigned status) {
  switch (status) {
    case 403:
      return "This address is not valid";
    case 404:
      return "There is nothing at this address";
    case 422:
      return "The file could not be made";
    default:
      return status < 500 ? "This cannot be done" : "The server cannot do this now";
  }
}

}  // namespace

bool wants_page(const http::Request& request) {
  const auto accept = lower(request.headers.get("Accept"));
  return accept.starts_with("text/html");
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

http::Response page(unsigned status, std::string_view title, std::string_view body) {
  auto response =
      http::Response::text(status, fmt::format(kPage, escape_html(title), body), "text/html; charset=utf-8");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'");
  // Not "no-referrer": forms would come with the origin "null", and could not be told from foreign ones.
  response.headers.set("Referrer-Policy", "same-origin");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

http::Response error_page_or_body(const Error& error, bool as_page) {
  if (!as_page) return error_response(error);
  const auto wire = wire_of(error.code);
  return page(wire.status, title_of(wire.status),
              fmt::format("<p>{}</p>\n<p><code>{} {}</code></p>", escape_html(error.message), wire.status, wire.code));
}

}  // namespace recast::api
