#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/proxy.hpp"
#include "net/url.hpp"

namespace recast::net {

namespace {

std::unexpected<Error> no_request() { return fail(ErrorCode::invalid_data, "This is no request to a proxy."); }

/// Fields between the program and the proxy (RFC 9110 7.6.1), which go no further.
bool is_of_the_hop(std::string_view name) {
  for (const auto* const known :
       {"connection", "proxy-connection", "keep-alive", "proxy-authorization", "te", "upgrade"}) {
    if (equal_ignoring_case(name, known)) return true;
  }
  return false;
}

}  // namespace

Result<ProxyRequest> read_proxy_request(std::string_view head) {
  const auto lines = split(head, '\n');
  const auto words = split(trim(lines.front()), ' ');
  if (words.size() != 3 || !is_token(words[0]) || (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0"))
    return no_request();
  ProxyRequest request;
  if (words[0] == "CONNECT") {
    const auto colon = words[1].rfind(':');
    if (colon == std::string_view::npos || words[1].find_first_of("/@?#") != std::string_view::npos)
      return no_request();
    const bool clear = words[1].substr(colon + 1) == "80";  // a WebSocket without TLS
    request.tunnel = true;
    request.url = fmt::format("{}://{}/", clear ? "http" : "https", words[1]);
    return request;
  }
  RECAST_TRY(const auto url, Url::parse(words[1]));
  if (url.scheme() != "http" || !words[1].starts_with("http://")) return no_request();
  const auto path = words[1].find_first_of("/?", std::string_view("http://").size());
  auto target = path == std::string_view::npos ? std::string("/") : std::string(words[1].substr(path));
  if (target.starts_with('?')) target.insert(0, "/");
  request.url = url.str();
  const bool other_port = url.port() != 80;
  request.head =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}{}\r\nConnection: close\r\n", words[0], target.substr(0, target.find('#')),
                  url.host(), other_port ? fmt::format(":{}", url.port()) : std::string());
  for (std::size_t at = 1; at < lines.size(); ++at) {
    const auto line = trim(lines[at]);
    if (line.empty()) continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) || line.contains('\r') ||
        line.contains('\0'))
      return no_request();
    const auto name = line.substr(0, colon);
    if (is_of_the_hop(name) || equal_ignoring_case(name, "host")) continue;
    request.head += fmt::format("{}\r\n", line);
  }
  request.head += "\r\n";
  return request;
}

}  // namespace recast::net
