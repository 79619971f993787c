#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/router.hpp"
#include "schema/field.hpp"

namespace recast::http {

/// Limits and habits of the server; one settings section, "http".
struct Settings {
  std::int64_t header_bytes = 32 * 1024;
  std::int64_t body_bytes = 32LL * 1024 * 1024;
  std::int64_t upload_bytes = 10'000'000'000;
  int connections = 20'000;
  int connections_per_address = 10'000;
  int header_seconds = 20;
  int body_stall_seconds = 30;
  int minimum_rate = 128;
  int request_seconds = 120;
  int keep_alive_seconds = 75;
  int threads = 2;
  int handler_threads = 16;
  int upload_threads = 8;
  std::vector<std::string> trusted_proxies;
  std::vector<std::string> cors_origins;

  static constexpr auto fields = std::tuple{
      schema::field(&Settings::header_bytes, "header_bytes", "Largest request line and headers, in bytes (431 above).",
                    {.min = 8192, .max = 1 << 20}),
      schema::field(&Settings::body_bytes, "body_bytes", "Largest JSON body, in bytes (413 above).",
                    {.min = 1024, .max = 1 << 30}),
      schema::field(&Settings::upload_bytes, "upload_bytes", "Largest uploaded file, in bytes (413 above).",
                    {.min = 1024}),
      schema::field(&Settings::connections, "connections", "Connections at once; more are answered 503 and closed.",
                    {.min = 1}),
      schema::field(&Settings::connections_per_address, "connections_per_address",
                    "Connections at once from one address.", {.min = 1}),
      schema::field(&Settings::header_seconds, "header_seconds",
                    "Time a client has to send its request line and headers (408 above).", {.min = 1, .max = 3600}),
      schema::field(&Settings::body_stall_seconds, "body_stall_seconds",
                    "Longest time in which a body makes less progress than minimum_rate allows, sent or received.",
                    {.min = 1, .max = 3600}),
      schema::field(&Settings::minimum_rate, "minimum_rate",
                    "Bytes per second a client must send or take on average over body_stall_seconds.", {.min = 0}),
      schema::field(&Settings::request_seconds, "request_seconds",
                    "Time to receive a JSON body and to answer it; uploads, downloads and waits are exempt.",
                    {.min = 1}),
      schema::field(&Settings::keep_alive_seconds, "keep_alive_seconds", "How long an idle connection is kept open.",
                    {.min = 1}),
      schema::field(&Settings::threads, "threads", "Threads that move bytes.", {.min = 1, .max = 256}),
      schema::field(&Settings::handler_threads, "handler_threads", "Threads that run request handlers.",
                    {.min = 1, .max = 1024}),
      schema::field(&Settings::upload_threads, "upload_threads",
                    "Threads that keep what is uploaded; they wait for the disk, which no other request has to.",
                    {.min = 1, .max = 1024}),
      schema::field(&Settings::trusted_proxies, "trusted_proxies",
                    "Addresses or networks (CIDR) whose X-Forwarded-For, -Proto and -Host are believed."),
      schema::field(&Settings::cors_origins, "cors_origins",
                    "Origins that browsers may call from; * for all, empty for none."),
  };
};

struct Listener {
  std::string name;  ///< "api" or "sync"; reaches handlers as Request::listener
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;             ///< 0: any free port; see Server::port
  std::filesystem::path certificate;  ///< PEM chain; TLS if set
  std::filesystem::path key;          ///< PEM
};

/// HTTP/1.1 (RFC 9112) and WebSocket over plain TCP and TLS 1.2+. Coroutines on `threads`, handlers on
/// `handler_threads`, sinks on `upload_threads`; a slow client or a waiting answer holds none.
class Server {
 public:
  /// Binds and listens; serving starts at once. `router` must outlive the server.
  static Result<std::unique_ptr<Server>> start(Settings settings, std::vector<Listener> listeners,
                                               const Router& router);
  /// Whether they could be listened on now and have good certificates, for a caller who has much else to start first.
  static Result<> check(const std::vector<Listener>& listeners);
  virtual ~Server() = default;  ///< stops if it has not been stopped

  virtual std::uint16_t port(std::string_view listener) const = 0;
  /// Stops accepting, lets requests under way finish until the deadline, ends waits and sockets, then closes
  /// everything.
  virtual void stop(Deadline deadline) = 0;

  struct Figures {
    std::size_t connections = 0;
    std::size_t websockets = 0;
    std::size_t waiting = 0;  ///< answers deferred now
  };
  virtual Figures figures() const = 0;
};

}  // namespace recast::http
