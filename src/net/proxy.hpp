#pragma once

#include <memory>
#include <stop_token>

#include "base/clock.hpp"
#include "base/unique_handle.hpp"
#include "net/client.hpp"
#include "net/transfer.hpp"

namespace recast::net {

/// See Proxy. Plain requests come with a whole URL and are passed on one by one, each over a connection of its own;
/// CONNECT (https, WebSockets) gives a tunnel. What the policy refuses, or nobody answers, gets no answer or a 403 or
/// 502: the program shows its user what it likes, the server says it by Traffic.
std::unique_ptr<Proxy> make_proxy(const Environment& environment, UniqueFd listener, Deadline deadline,
                                  std::stop_token stop);

/// A request's head as the proxy reads it.
struct ProxyRequest {
  bool tunnel = false;  ///< CONNECT
  std::string url;      ///< of a tunnel: "https://host:port/", or http for port 80
  std::string head;     ///< what goes to the server: origin form, one request for each connection
};
/// `head` with its blank line. invalid_data if it is no request to a proxy. Pure; the text comes out of a jail.
Result<ProxyRequest> read_proxy_request(std::string_view head);

}  // namespace recast::net
