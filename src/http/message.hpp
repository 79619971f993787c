#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::http {

namespace json = boost::json;

/// Names are compared without regard to case; order is kept; a name may occur several times.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  ///< replaces all of that name
  std::string_view get(std::string_view name) const;   ///< the first one's value; empty if absent
  bool has(std::string_view name) const;
  /// The values of all of that name as one list: how a field that may be repeated is to be read (RFC 9110 5.3).
  std::string list(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The query part of a target: decoded names and values in order, `filter[status]=x` under the name "filter[status]".
class Query {
 public:
  static Query parse(std::string_view raw);
  std::optional<std::string> get(std::string_view name) const;  ///< the last one's value
  const std::vector<std::pair<std::string, std::string>>& all() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

/// One request. Plain data; the body is here only for routes that are not streamed.
struct Request {
  std::string id;      ///< request id: the client's X-Request-Id if it is well formed, else ours; echoed back
  std::string method;  ///< "GET", …
  std::string target;  ///< raw, as received
  std::string path;    ///< raw path part of the target (percent-encoded), without the query
  std::string raw_query;
  Query query;
  Headers headers;
  std::string body;
  std::string remote_address;         ///< the peer, or what a trusted proxy says it is
  std::string listener;               ///< name of the listener that took it ("api" or "sync")
  std::uint16_t port = 0;             ///< of that listener
  std::uint16_t main_port = 0;        ///< of the server's first listener
  bool secure = false;                ///< came over TLS (or a trusted proxy says so)
  std::vector<std::string> captures;  ///< what the `{name}` parts of the route matched, decoded, in order
};

/// A part of a file as the body of an answer. Streamed; never whole in memory.
struct FileBody {
  UniqueFd file;
  std::uint64_t size = 0;  ///< of the whole file; Range and HEAD are the connection's work
  std::string etag;        ///< with its quotes, or empty
  std::optional<std::chrono::sys_seconds> last_modified;
};

struct Response;

/// An answer that comes later (a wait, a long poll). `start` is called once on a handler thread and keeps `done`;
/// calling `done` from any thread, once, sends the answer; further calls are ignored. It returns a function that the
/// connection calls when the client goes away or the server stops: after it has returned, `done` does nothing. No
/// thread is held.
struct Deferred {
  std::function<std::function<void()>(std::function<void(Response)> done)> start;
  /// The answer to a client that still waits when the server stops, made on a handler thread. Empty: 503.
  std::function<Response()> at_stop;
};

struct Response {
  unsigned status = 200;
  Headers headers;
  std::variant<std::string, FileBody, Deferred> body;

  static Response json(unsigned status, const json::value& value);
  static Response text(unsigned status, std::string text, std::string_view type = "text/plain; charset=utf-8");
  static Response empty(unsigned status) { return {status, {}, std::string()}; }
  static Response redirect(unsigned status, std::string location);
};

/// Takes a streamed request body piece by piece, on handler threads, never two calls at once. An Error ends the
/// request: its answer is sent, the rest of the body is dropped and the connection closed. Destroyed without `finish`
/// when the client goes away: then nothing of it may stay behind.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual Result<> write(std::span<const char> bytes) = 0;
  virtual Result<Response> finish() = 0;
};

/// Builds "attachment; filename=…; filename*=UTF-8''…" for any Unicode name (RFC 6266, RFC 8187): a plain ASCII
/// fallback always, the extended form only if it differs.
std::string content_disposition(std::string_view kind, std::string_view file_name);

}  // namespace recast::http
