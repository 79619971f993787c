#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>

#include "base/log.hpp"
#include "http/connection.hpp"

namespace recast::http {

namespace {

constexpr std::size_t kPiece = 128 * 1024;
constexpr std::size_t kJoined = 64 * 1024;  // a body up to this size leaves together with its head

Steady now() { return std::chrono::steady_clock::now(); }

/// For errors of the server itself, which is all that is seen when nothing renders them: what handlers fail with has
/// its table where it is rendered.
unsigned status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed_body:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::method_not_allowed:
      return 405;
    case ErrorCode::request_timeout:
      return 408;
    case ErrorCode::payload_too_large:
      return 413;
    case ErrorCode::unavailable:
      return 503;
    default:
      return 500;
  }
}

Response plain_error(const Error& error) {
  return Response::json(status_of(error.code), {{"message", error.message}, {"code", code_name(error.code)}});
}

/// Reads whole, unless the file ends. Negative on error.
ssize_t read_at(int file, char* to, std::size_t count, std::uint64_t offset, bool may_block) {
  std::size_t done = 0;
  while (done < count) {
    const iovec piece{to + done, count - done};
    const auto at = static_cast<off_t>(offset + done);
    const auto got =
        may_block ? ::pread(file, to + done, count - done, at) : ::preadv2(file, &piece, 1, at, RWF_NOWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return done > 0 ? static_cast<ssize_t>(done) : -1;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
    if (!may_block) break;
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

Response Connection::render(const Request& request, const Error& error) const {
  if (!core_.router.render()) return plain_error(error);
  try {
    auto response = core_.router.render()(request, error);
    if (std::holds_alternative<std::string>(response.body)) return response;
    log::error("an error was rendered as something else than text", {{"request", request.id}});
  } catch (const std::exception& exception) {
    log::error("an error could not be rendered", {{"request", request.id}, {"reason", exception.what()}});
  }
  return plain_error(error);
}

/// Makes an Error the answer; `status` overrides what the rendering chose.
void Connection::reject(Call& call, const Error& error, unsigned status) const {
  auto response = render(call.request, error);
  if (status != 0) response.status = status;
  call.result = std::move(response);
}

void Connection::add_common_headers(const Call& call, Headers& headers) const {
  headers.set("Server", "Recast");
  headers.set("Date", format_http_date(SystemClock().now()));
  headers.set("X-Request-Id", call.request.id);
  add_cors(call.request, core_.settings.cors_origins, headers);
  if (call.close) headers.set("Connection", "close");
}

/// Sends the call's result, a Response that is not deferred.
Task<Connection::Next> Connection::answer(std::shared_ptr<Call> call) {
  if (stopping_) call->close = true;
  auto response = *std::move(call->result);
  const bool file = std::holds_alternative<FileBody>(response.body);
  sent_ = 0;
  out_meter_.start(now(), 0);
  bool good = false;
  if (file)
    good = co_await send_file(call, std::move(response));
  else
    good = co_await send_text(call, std::move(response));
  if (!good) {
    // An answer that was cut off must not look whole.
    aborted_ = true;
    co_return Next::close;
  }
  lingering_ = call->more_may_come;
  co_return call->close || stopping_ ? Next::close : Next::request;
}

Task<bool> Connection::send_text(std::shared_ptr<Call> call, Response response) {
  auto* const text = std::get_if<std::string>(&response.body);
  auto body = text == nullptr ? std::string() : std::move(*text);
  if (!is_bodiless(response.status)) response.headers.set("Content-Length", std::to_string(body.size()));
  add_common_headers(*call, response.headers);
  output_ = serialize_head(response.status, response.headers);
  if (is_bodiless(response.status) || call->request.method == "HEAD") body.clear();
  if (body.size() <= kJoined) {
    output_ += body;
    body.clear();
  }
  auto sent = co_await flush();
  if (sent == Io::done && !body.empty()) {
    output_ = std::move(body);
    sent = co_await flush();
  }
  call->sent = sent_;
  report(*call, response.status);
  co_return sent == Io::done;
}

/// No part of the file is sent; `about` is what the answer says of it all the same.
Response Connection::refuse_file(const Call& call, unsigned status, const Headers& about) const {
  const auto* const why = status == 416 ? "The range lies outside of the file." : "The file is another one.";
  auto response = render(call.request, Error{ErrorCode::invalid_data, why, {}});
  response.status = status;
  for (const auto* const name : {"Content-Range", "Accept-Ranges", "ETag"}) {
    if (about.has(name)) response.headers.set(name, std::string(about.get(name)));
  }
  return response;
}

Task<bool> Connection::send_file(std::shared_ptr<Call> call, Response response) {
  auto file = std::move(*std::get_if<FileBody>(&response.body));
  auto& headers = response.headers;
  const auto plan = plan_file(call->request, file, response.status, headers);
  if (plan.status == 412 || plan.status == 416) {
    auto refused = refuse_file(*call, plan.status, headers);
    co_return co_await send_text(call, std::move(refused));
  }
  if (plan.status != 304) headers.set("Content-Length", std::to_string(plan.length));
  add_common_headers(*call, headers);
  output_ = serialize_head(plan.status, headers);
  const auto count = call->request.method == "HEAD" ? 0 : plan.length;
  const bool sent = co_await send_pieces(call, file.file.get(), plan.first, count);
  call->sent = sent_;
  report(*call, plan.status);
  co_return sent;
}

/// What is already in memory is read here; only what needs the disk costs a turn on the pool. False if the client is
/// gone or too slow, or the file is shorter than it was.
Task<bool> Connection::send_pieces(std::shared_ptr<Call> call, int file, std::uint64_t from, std::uint64_t count) {
  if (count == 0) {
    const auto sent = co_await flush();
    co_return sent == Io::done;
  }
  ::posix_fadvise(file, static_cast<off_t>(from), static_cast<off_t>(count), POSIX_FADV_SEQUENTIAL);
  while (count > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, kPiece));
    const auto at = output_.size();  // the first piece leaves together with the head
    output_.resize_and_overwrite(at + size, [](char*, std::size_t all) { return all; });
    auto got = read_at(file, output_.data() + at, size, from, false);
    if (got <= 0) {
      auto work = [this, file, from, at, size, &got] { got = read_at(file, output_.data() + at, size, from, true); };
      const auto asked = now();
      begin_admitted_work(core_.handlers, std::move(work));
      co_await work_done(Steady::max());
      out_meter_.forgive(now() - asked);
    }
    if (got <= 0) {
      log::error("a file ended before its size", {{"request", call->request.id}});
      co_return false;
    }
    output_.resize(at + static_cast<std::size_t>(got));
    const auto sent = co_await flush();
    if (sent != Io::done) co_return false;
    from += static_cast<std::uint64_t>(got);
    count -= static_cast<std::uint64_t>(got);
  }
  co_return true;
}

void Connection::report(const Call& call, unsigned status) const {
  if (!core_.router.report()) return;
  const auto taken = std::chrono::steady_clock::now() - call.started;
  const Router::Exchange exchange{
      call.request,      status, call.received, call.sent, std::chrono::duration_cast<std::chrono::microseconds>(taken),
      call.match.pattern};
  try {
    core_.router.report()(exchange);
  } catch (const std::exception& exception) {
    log::error("an exchange could not be reported", {{"request", call.request.id}, {"reason", exception.what()}});
  }
}

}  // namespace recast::http
