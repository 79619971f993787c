#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace recast::http {

/// What the head of a request says about the connection and the body.
struct Framing {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = false;
  bool expect_continue = false;
  std::string websocket_key;  ///< Sec-WebSocket-Key of a well-formed upgrade; else empty

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// Reads one request: first its head, then its body piece by piece. Bytes stay with the caller until they are consumed.
/// Refuses what two servers could read differently (RFC 9112 11.2): both lengths, folded lines, bare line feeds,
/// unknown transfer codings, a missing or repeated Host.
class RequestParser {
 public:
  explicit RequestParser(std::size_t head_limit);
  ~RequestParser();
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;

  /// Looks for a whole head at the begin of `input`, which has grown since the last call. The number of bytes it took;
  /// 0 if it is not complete. payload_too_large with the field "headers" above the limit, malformed_body for all else:
  /// with the field "version" or "transfer-encoding" if it may be valid, but is nothing that is understood here.
  Result<std::size_t> read_head(std::string_view input);
  /// After read_head returned more than 0: method, target, path, query, headers.
  Request& request();
  const Framing& framing() const;

  /// Appends decoded body bytes to `out`. The number of bytes consumed; 0 if more input is needed.
  Result<std::size_t> read_body(std::string_view input, std::string& out);
  /// How many bytes of a body with a Content-Length are to come. The caller may read that many by itself and say so.
  std::uint64_t plain_left() const;
  void took_plain(std::uint64_t bytes);
  bool done() const;  ///< the body, if there is one, has been read to its end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Splits a raw target into path and query; absolute forms give up their authority. nullopt if it is neither.
struct Target {
  std::string path;
  std::string query;
  std::string authority;  ///< of an absolute target only
};
std::optional<Target> parse_target(std::string_view method, std::string_view target);

}  // namespace recast::http
