#include "http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>

#include "base/text.hpp"

namespace recast::http {

namespace {

namespace beast = boost::beast;
using beast::error_code;

constexpr std::size_t kLongestChunkHead = 16 * 1024;  // a chunk's head, or all trailers
constexpr std::size_t kLastChunk = 5;                 // "0", CR LF, CR LF
constexpr std::size_t kMostFields = 256;
constexpr std::size_t kMostEmptyLines = 4;

std::unexpected<Error> malformed(std::string message, std::string field = {}) {
  return fail(ErrorCode::malformed_body, std::move(message), std::move(field));
}

/// Hands what Beast finds to a Request. Trailers are dropped: nobody asked for them, and they could contradict the
/// head.
class BeastParser final : public beast::http::basic_parser<true> {
 public:
  Request request;
  int version = 0;
  std::string* out = nullptr;

 private:
  bool head_done_ = false;

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int number,
                       error_code&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    version = number;
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code& error) override {
    if (head_done_) return;
    if (request.headers.all().size() >= kMostFields)
      error = beast::http::error::header_limit;
    else
      request.headers.add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override { head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override {
    out->append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
    out->append(body.data(), body.size());
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
};

std::size_t count(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers.all(), [name](const auto& f) { return equal_ignoring_case(f.first, name); }));
}

bool has_token(std::string_view list, std::string_view token) {
  return std::ranges::any_of(split(list, ','), [token](auto item) { return equal_ignoring_case(trim(item), token); });
}

bool is_host(std::string_view host) {
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]%") ==
         std::string_view::npos;
}

/// A request line that ends with another version of HTTP than ours.
bool names_a_version(std::string_view head) {
  const auto line = head.substr(0, head.find("\r\n"));
  const auto version = line.substr(std::min(line.size(), line.rfind(' ') + 1));
  const auto is_digit = [&](std::size_t at) { return version[at] >= '0' && version[at] <= '9'; };
  return version.size() == 8 && version.starts_with("HTTP/") && is_digit(5) && version[6] == '.' && is_digit(7);
}

std::string websocket_key(const Request& request) {
  const auto& headers = request.headers;
  const auto key = headers.get("Sec-WebSocket-Key");
  const bool upgrade = request.method == "GET" && has_token(headers.list("Upgrade"), "websocket") &&
                       has_token(headers.list("Connection"), "upgrade") && headers.get("Sec-WebSocket-Version") == "13";
  return upgrade && key.size() == 24 ? std::string(key) : std::string();
}

}  // namespace

std::optional<Target> parse_target(std::string_view method, std::string_view target) {
  Target result;
  if (target.find('#') != std::string_view::npos) return std::nullopt;  // a fragment never leaves a client
  if (target == "*" && method == "OPTIONS") return Target{"*", {}, {}};
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const auto name = lower(target.substr(0, scheme));
    if (name != "http" && name != "https") return std::nullopt;
    target.remove_prefix(scheme + 3);
    result.authority = target.substr(0, target.find_first_of("/?"));
    if (result.authority.empty() || !is_host(result.authority)) return std::nullopt;
    target.remove_prefix(result.authority.size());
  }
  const auto question = target.find('?');
  result.path = target.substr(0, question);
  if (result.path.empty()) result.path = "/";
  if (question != std::string_view::npos) result.query = target.substr(question + 1);
  return result;
}

struct RequestParser::State {
  BeastParser parser;
  Framing framing;
  std::uint64_t plain_left = 0;
  std::size_t head_limit;
  std::size_t scanned = 0;

  /// The end of the head, 0 if it is not there yet.
  Result<std::size_t> find_end(std::string_view input);
  Result<> check_framing();
  Result<> check_target();
};

Result<std::size_t> RequestParser::State::find_end(std::string_view input) {
  for (; scanned < input.size(); ++scanned) {
    const char c = input[scanned];
    const char before = scanned > 0 ? input[scanned - 1] : '\0';
    if (c == '\0') return malformed("The request has a zero byte in its head.");
    if (c == '\n') {
      if (before != '\r') return malformed("The request has a line that does not end with CR LF.");
      if (scanned >= 3 && input.substr(scanned - 3, 4) == "\r\n\r\n") return scanned + 1;
    } else if (before == '\n' && (c == ' ' || c == '\t')) {
      return malformed("The request has a folded header line.");
    } else if (before == '\r') {
      return malformed("The request has a CR that does not end a line.");
    }
  }
  if (input.size() > head_limit)
    return fail(ErrorCode::payload_too_large, "The request headers are too large.", "headers");
  return 0;
}

Result<> RequestParser::State::check_framing() {
  auto& request = parser.request;
  const auto& headers = request.headers;
  const bool coded = headers.has("Transfer-Encoding");
  if (coded) {
    const auto list = headers.list("Transfer-Encoding");
    const auto codings = split(list, ',');
    const auto chunked = [](auto coding) { return equal_ignoring_case(trim(coding), "chunked"); };
    if (!chunked(codings.back()) || std::ranges::count_if(codings, chunked) > 1) {
      return malformed("The last transfer coding of a request must be chunked.");
    }
    if (codings.size() > 1) {
      return malformed("The only transfer coding of a request can be chunked.", "transfer-encoding");
    }
    if (headers.has("Content-Length")) return malformed("The request has both a length and a transfer coding.");
    if (parser.version < 11) return malformed("A request of HTTP/1.0 cannot be chunked.");
  }
  framing.chunked = coded;
  if (const auto length = parser.content_length(); length && !framing.chunked) framing.content_length = *length;
  plain_left = framing.content_length.value_or(0);
  framing.keep_alive = parser.version >= 11 && !has_token(headers.list("Connection"), "close");
  framing.expect_continue = parser.version >= 11 && equal_ignoring_case(headers.get("Expect"), "100-continue");
  if (parser.version >= 11) framing.websocket_key = websocket_key(request);
  return {};
}

Result<> RequestParser::State::check_target() {
  auto& request = parser.request;
  auto target = parse_target(request.method, request.target);
  if (!target) return malformed("The request target is not a path.");
  const auto hosts = count(request.headers, "Host");
  if (hosts > 1 || (hosts == 0 && parser.version >= 11) || !is_host(request.headers.get("Host"))) {
    return malformed("The request needs exactly one valid Host.");
  }
  if (!target->authority.empty()) request.headers.set("Host", std::move(target->authority));
  request.path = std::move(target->path);
  request.raw_query = std::move(target->query);
  request.query = Query::parse(request.raw_query);
  return {};
}

RequestParser::RequestParser(std::size_t head_limit) : state_(std::make_unique<State>()) {
  state_->head_limit = head_limit;
  state_->parser.header_limit(static_cast<std::uint32_t>(head_limit + 4));
  state_->parser.body_limit(boost::none);
}
RequestParser::~RequestParser() = default;
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;

Result<std::size_t> RequestParser::read_head(std::string_view input) {
  // Old clients send an empty line after a body (RFC 9112 2.2); its bytes are part of what the head takes.
  std::size_t skipped = 0;
  while (skipped < kMostEmptyLines * 2 && input.substr(skipped).starts_with("\r\n")) skipped += 2;
  input.remove_prefix(skipped);
  RECAST_TRY(const auto end, state_->find_end(input));
  if (end == 0) return 0;
  if (end > state_->head_limit)
    return fail(ErrorCode::payload_too_large, "The request headers are too large.", "headers");
  error_code error;
  state_->parser.eager(false);
  const auto taken = state_->parser.put(boost::asio::const_buffer(input.data(), end), error);
  if (error == beast::http::error::header_limit) {
    return fail(ErrorCode::payload_too_large, "The request has too many headers.", "headers");
  }
  if (error == beast::http::error::bad_version && names_a_version(input)) {
    return malformed("Only HTTP/1.1 and HTTP/1.0 are spoken here.", "version");
  }
  if (error || taken != end || !state_->parser.is_header_done()) {
    return malformed("The request is not valid HTTP: " + error.message() + ".");
  }
  state_->parser.eager(true);
  RECAST_CHECK(state_->check_framing());
  RECAST_CHECK(state_->check_target());
  return skipped + end;
}

Request& RequestParser::request() { return state_->parser.request; }
const Framing& RequestParser::framing() const { return state_->framing; }

Result<std::size_t> RequestParser::read_body(std::string_view input, std::string& out) {
  if (done() || input.empty()) return 0;
  if (!state_->framing.chunked) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), state_->plain_left));
    out += input.substr(0, count);
    state_->plain_left -= count;
    return count;
  }
  // The head of the last chunk without what ends the body: Beast asserts that it is not asked twice about so little.
  if (input.size() < kLastChunk && input.starts_with('0') && input.find('\n') != std::string_view::npos) return 0;
  error_code error;
  state_->parser.out = &out;
  const auto taken = state_->parser.put(boost::asio::const_buffer(input.data(), input.size()), error);
  if (error && error != beast::http::error::need_more) {
    return malformed("The request body is not valid HTTP: " + error.message() + ".");
  }
  if (input.size() - taken > kLongestChunkHead && !done() && error)
    return malformed("A chunk of the body has too long a head.");
  return taken;
}

std::uint64_t RequestParser::plain_left() const { return state_->plain_left; }
void RequestParser::took_plain(std::uint64_t bytes) { state_->plain_left -= bytes; }

bool RequestParser::done() const {
  return state_->framing.chunked ? state_->parser.is_done() : state_->plain_left == 0;
}

}  // namespace recast::http
