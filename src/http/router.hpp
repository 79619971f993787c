#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::http {

/// The server's side of one WebSocket. Every function may be called from any thread; after the socket is closed they do
/// nothing. Messages are text; a peer that does not read is closed once 1 MiB waits for it.
class WebSocketPeer {
 public:
  virtual ~WebSocketPeer() = default;
  virtual void send(std::string text) = 0;
  virtual void close() = 0;
};

/// What a WebSocket talks to. Calls come one at a time per socket, on handler threads.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;
  virtual void on_message(std::string_view text) = 0;
  virtual void on_close() = 0;  ///< the last call
};

using Handler = std::function<Result<Response>(Request&)>;
using StreamHandler = std::function<Result<std::unique_ptr<BodySink>>(Request&)>;
using WebSocketHandler =
    std::function<Result<std::unique_ptr<WebSocketSession>>(Request&, std::shared_ptr<WebSocketPeer>)>;

/// Method and path to handler. A pattern's segments are literal, `{name}` (one segment) or a final `{name...}` (the
/// rest, slashes included). Literal segments win over captures. Filled before the server starts, read-only afterwards.
class Router {
 public:
  void get(std::string pattern, Handler handler) { add("GET", std::move(pattern), std::move(handler)); }
  void post(std::string pattern, Handler handler) { add("POST", std::move(pattern), std::move(handler)); }
  void del(std::string pattern, Handler handler) { add("DELETE", std::move(pattern), std::move(handler)); }
  void add(std::string method, std::string pattern, Handler handler);
  /// POST or PUT whose body is streamed into a sink and may be as large as `Settings::upload_bytes`.
  void stream(std::string method, std::string pattern, StreamHandler handler);
  /// GET that upgrades. Without an Upgrade header the plain GET route of the same pattern answers.
  void websocket(std::string pattern, WebSocketHandler handler);
  /// Rewrites a request before routing (Host labels, path prefixes: core.md 1.2). At most one.
  void before(std::function<void(Request&)> rewrite) { rewrite_ = std::move(rewrite); }
  /// Turns an Error, from a handler or of the server itself (404, 405, 408, 413, 431, 500), into an answer.
  void on_error(std::function<Response(const Request&, const Error&)> render) { render_ = std::move(render); }
  /// Called after each answer with its status and the time taken: access log and metrics.
  struct Exchange {
    const Request& request;
    unsigned status = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t bytes_sent = 0;
    std::chrono::microseconds duration{};
    std::string_view pattern;  ///< of the route that answered; empty if none matched
  };
  void on_exchange(std::function<void(const Exchange&)> report) { report_ = std::move(report); }

  struct Match {
    const Handler* handler = nullptr;
    const StreamHandler* stream = nullptr;
    const WebSocketHandler* websocket = nullptr;
    std::string_view pattern;
    std::vector<std::string> captures;
    std::vector<std::string> allowed;  ///< methods of this path, if the method was wrong (405)
  };
  /// HEAD finds the GET route.
  Match find(std::string_view method, std::string_view path, bool upgrade) const;

  /// What there is: method and pattern of each route, in the order they were added.
  std::vector<std::pair<std::string, std::string>> list() const;

  const std::function<void(Request&)>& rewrite() const { return rewrite_; }
  const std::function<Response(const Request&, const Error&)>& render() const { return render_; }
  const std::function<void(const Exchange&)>& report() const { return report_; }

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;
    Handler handler;
    StreamHandler stream;
    WebSocketHandler websocket;
  };
  std::vector<Route> routes_;
  std::function<void(Request&)> rewrite_;
  std::function<Response(const Request&, const Error&)> render_;
  std::function<void(const Exchange&)> report_;
};

}  // namespace recast::http
