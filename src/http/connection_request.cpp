#include <algorithm>

#include "http/connection.hpp"
#include "http/guarded.hpp"
#include "http/waiter.hpp"

namespace recast::http {

namespace {

constexpr std::uint64_t kMostDiscarded = 256 * 1024;  // of an unwanted body, to keep the connection
constexpr std::size_t kMostPipelined = 64 * 1024;     // bytes a client may send ahead while its answer is awaited
constexpr std::size_t kKeptBuffer = 1024;             // capacity an idle connection may keep

Steady now() { return std::chrono::steady_clock::now(); }
Steady in_seconds(int seconds) { return now() + std::chrono::seconds(seconds); }

Error too_slow() { return {ErrorCode::request_timeout, "The request took too long to arrive.", {}}; }
Error too_large(std::int64_t limit) {
  return {ErrorCode::payload_too_large, "The request body is larger than " + std::to_string(limit) + " bytes.", {}};
}
unsigned status_of_head(const Error& error) {
  if (error.field == "headers") return 431;
  if (error.field == "transfer-encoding") return 501;
  return error.field == "version" ? 505 : 400;
}
Error overloaded() { return {ErrorCode::unavailable, "The server is overloaded. Try again later.", {}}; }
Error stopping() { return {ErrorCode::unavailable, "The server is shutting down.", {}}; }

}  // namespace

/// One request and its answer.
Task<Connection::Next> Connection::serve() {
  const bool awaited = co_await await_request();
  if (!awaited) co_return Next::close;
  // Made only now: an idle connection holds none of it.
  const auto call = std::make_shared<Call>(core_.bodies, static_cast<std::size_t>(core_.settings.header_bytes));
  received_ = 0;
  sent_ = 0;
  const bool read = co_await read_head(call);
  if (!read) co_return Next::close;
  prepare(*call);
  co_return co_await dispatch(call);
}

/// Waits for the first byte of a request. False if none came: the connection ends without a word.
Task<bool> Connection::await_request() {
  if (input_.empty()) {
    if (input_.capacity() > kKeptBuffer) input_ = {};
    if (output_.capacity() > kKeptBuffer) output_ = {};
    if (stopping_) co_return false;
    idle_ = true;
    const auto seconds = first_ ? core_.settings.header_seconds : core_.settings.keep_alive_seconds;
    const auto filled = co_await fill(in_seconds(seconds));
    idle_ = false;
    if (filled != Io::done) co_return false;
  }
  first_ = false;
  co_return true;
}

Task<bool> Connection::read_head(std::shared_ptr<Call> call) {
  const auto deadline = in_seconds(core_.settings.header_seconds);
  while (true) {
    const auto taken = call->parser.read_head(input_);
    if (!taken) {
      call->close = call->more_may_come = true;
      call->request = std::move(call->parser.request());
      call->request.headers = {};  // not to be trusted
      prepare(*call);
      reject(*call, taken.error(), status_of_head(taken.error()));
      co_await answer(call);
      co_return false;
    }
    if (*taken > 0) {
      input_.erase(0, *taken);
      call->received = *taken;
      call->request = std::move(call->parser.request());
      call->close = !call->parser.framing().keep_alive || stopping_;
      co_return true;
    }
    const auto filled = co_await fill(deadline);
    if (filled == Io::closed) co_return false;
    if (filled == Io::timeout) {
      call->close = true;
      prepare(*call);
      reject(*call, too_slow(), 408);
      co_await answer(call);
      co_return false;
    }
  }
}

/// What the transport knows of a request, then the router's rewriting and choice.
void Connection::prepare(Call& call) {
  auto& request = call.request;
  const auto offered = request.headers.get("X-Request-Id");
  request.id = is_request_id(offered) ? std::string(offered) : core_.random.uuid();
  request.listener = origin_.name;
  request.port = origin_.port;
  request.main_port = origin_.main_port;
  request.secure = stream_.secure();
  core_.proxies.apply(peer_, request);
  out_meter_.start(now(), 0);
  if (request.path.empty()) return;  // a head that could not be read
  if (core_.router.rewrite()) core_.router.rewrite()(request);
  call.match = core_.router.find(request.method, request.path, !call.parser.framing().websocket_key.empty());
  request.captures = call.match.captures;
}

Task<Connection::Next> Connection::dispatch(std::shared_ptr<Call> call) {
  const auto& match = call->match;
  if (match.websocket != nullptr) co_return co_await open_websocket(call);
  if (match.stream != nullptr) co_return co_await run_upload(call);
  if (match.handler == nullptr) co_return co_await answer_unmatched(call);
  const auto length = call->parser.framing().content_length.value_or(0);
  if (length > static_cast<std::uint64_t>(core_.settings.body_bytes)) {
    call->close = call->more_may_come = true;
    reject(*call, too_large(core_.settings.body_bytes), 413);
    co_return co_await answer(call);
  }
  const bool read = co_await read_body(call);
  if (!read) co_return Next::close;
  co_return co_await run_handler(call);
}

/// OPTIONS, 404 and 405. A small body is read away so that the connection stays usable.
Task<Connection::Next> Connection::answer_unmatched(std::shared_ptr<Call> call) {
  const bool discarded = co_await discard_body(call);
  if (!discarded) call->close = call->more_may_come = true;
  auto& request = call->request;
  auto methods = call->match.allowed;
  if (methods.empty() && request.path != "*") {
    reject(*call, Error{ErrorCode::not_found, "Not Found", {}}, 404);
    co_return co_await answer(call);
  }
  methods.emplace_back("OPTIONS");
  if (request.method == "OPTIONS") {
    call->result = options_answer(request, methods, core_.settings.cors_origins);
    co_return co_await answer(call);
  }
  auto response = render(
      request,
      Error{ErrorCode::method_not_allowed, "The " + request.method + " method is not supported for this route.", {}});
  response.status = 405;
  const auto options = options_answer(request, methods, {});
  response.headers.set("Allow", std::string(options.headers.get("Allow")));
  call->result = std::move(response);
  co_return co_await answer(call);
}

Task<bool> Connection::continue_if_expected(std::shared_ptr<Call> call) {
  const auto& framing = call->parser.framing();
  if (!framing.expect_continue || !framing.has_body() || !input_.empty()) co_return true;
  output_ = "HTTP/1.1 100 Continue\r\n\r\n";
  const auto sent = co_await flush();
  co_return sent == Io::done;
}

/// Ends a body that cannot be read to its end. Always false.
Task<bool> Connection::give_up(std::shared_ptr<Call> call, unsigned status, std::string reason) {
  call->close = call->more_may_come = true;
  call->request.body = {};
  Error error{ErrorCode::malformed_body, std::move(reason), {}};
  if (status == 408) error = too_slow();
  if (status == 413) error = too_large(core_.settings.body_bytes);
  if (status == 503) error = overloaded();
  reject(*call, error, status);
  co_await answer(call);
  co_return false;
}

/// The whole body of an ordinary request. False if the connection is over; an answer has then been sent if one was due.
Task<bool> Connection::read_body(std::shared_ptr<Call> call) {
  if (call->parser.done()) co_return true;
  const bool continued = co_await continue_if_expected(call);
  if (!continued) co_return false;
  const auto limit = static_cast<std::size_t>(core_.settings.body_bytes);
  const auto deadline = call->started + std::chrono::seconds(core_.settings.request_seconds);
  auto& body = call->request.body;
  in_meter_.start(now(), received_);
  while (true) {
    const auto taken = call->parser.read_body(input_, body);
    call->received += taken.value_or(0);
    input_.erase(0, taken.value_or(0));
    if (!taken) co_return co_await give_up(call, 400, taken.error().message);
    if (body.size() > limit) co_return co_await give_up(call, 413);
    if (!call->body_memory.grow_to(body.capacity())) co_return co_await give_up(call, 503);
    if (call->parser.done()) co_return true;
    if (*taken > 0 && !input_.empty()) continue;
    const auto filled = co_await fill(std::min(deadline, in_meter_.deadline()));
    if (filled == Io::closed) co_return false;
    if (now() >= deadline || in_meter_.is_stalled(now(), received_)) co_return co_await give_up(call, 408);
  }
}

/// Reads a body nobody wants. False if that is not worth it or did not work: then the connection has to end.
Task<bool> Connection::discard_body(std::shared_ptr<Call> call) {
  const auto& framing = call->parser.framing();
  if (call->parser.done()) co_return true;
  if (framing.expect_continue || framing.content_length.value_or(0) > kMostDiscarded) co_return false;
  const auto deadline = in_seconds(core_.settings.body_stall_seconds);
  while (!call->parser.done() && call->received < kMostDiscarded * 2) {
    std::string dropped;
    const auto taken = call->parser.read_body(input_, dropped);
    if (!taken) co_return false;
    call->received += *taken;
    input_.erase(0, *taken);
    if (call->parser.done() || (*taken > 0 && !input_.empty())) continue;
    const auto filled = co_await fill(deadline);
    if (filled != Io::done) co_return false;
  }
  co_return call->parser.done();
}

/// On the pool. Whoever claims the call first, this or the connection whose patience ended, decides what comes of it.
void Connection::call_handler(Call& call) {
  if (call.claimed) return;
  auto& request = call.request;
  call.result = guarded(request, [&] { return (*call.match.handler)(request); });
  auto* const deferred = call.result ? std::get_if<Deferred>(&call.result->body) : nullptr;
  if (deferred != nullptr) {
    const auto started = guarded(request, [&]() -> Result<> {
      auto done = [waiter = call.waiter](Response response) { waiter->complete(std::move(response)); };
      call.at_stop = std::move(deferred->at_stop);
      call.cancel = deferred->start(std::move(done));
      return {};
    });
    if (!started) call.result = std::unexpected(started.error());
  }
  if (!call.claim()) cancel_wait(call);
}

/// On the pool: the client is gone, or nobody waits any more.
void Connection::cancel_wait(Call& call) {
  const auto cancelled = guarded(call.request, [&]() -> Result<> {
    if (call.cancel) call.cancel();
    return {};
  });
  if (!cancelled) log::error("a wait could not be cancelled", {{"request", call.request.id}});
  call.cancel = nullptr;
}

Task<Connection::Next> Connection::run_handler(std::shared_ptr<Call> call) {
  call->waiter = std::make_shared<Waiter>(shared_from_this());
  // A handler that takes too long keeps the call; then this one is answered in its place.
  const auto late = std::make_shared<Call>(core_.bodies, 0);
  late->request.id = call->request.id;
  late->request.method = call->request.method;
  late->match.pattern = call->match.pattern;
  late->received = call->received;
  late->started = call->started;
  late->close = true;
  auto work = [call] { call_handler(*call); };
  if (!begin_work(std::move(work))) {
    call->waiter->close();
    reject(*call, overloaded(), 503);
    co_return co_await answer(call);
  }
  const bool done = co_await work_done(call->started + std::chrono::seconds(core_.settings.request_seconds));
  if (!done && call->claim()) {
    call->waiter->close();
    reject(*late, Error{ErrorCode::unavailable, "The request took too long to answer.", {}}, 503);
    co_return co_await answer(late);
  }
  co_await work_done(Steady::max());
  if (call->result && std::holds_alternative<Deferred>(call->result->body)) {
    const bool answered = co_await await_answer(call);
    if (!answered) co_return Next::close;
  }
  call->waiter->close();
  if (!call->result) reject(*call, call->result.error());
  co_return co_await answer(call);
}

/// Waits for a deferred answer without a thread. False if the client went away first.
Task<bool> Connection::await_answer(std::shared_ptr<Call> call) {
  ++core_.waiting;
  bool gone = false;
  std::optional<Response> response;
  while (!gone && !stopping_ && !aborted_) {
    response = call->waiter->take();
    if (response) break;
    // Reading is how a leaving client is noticed; what it sends ahead is kept for later.
    const auto transfer = stream_.read(loop_.scratch);
    gone = transfer.status == Stream::Status::closed || input_.size() > kMostPipelined;
    if (gone) break;
    if (transfer.status == Stream::Status::done) {
      input_.append(loop_.scratch.data(), transfer.bytes);
      continue;
    }
    watch(transfer.status);
    co_await wait(Steady::max());
  }
  --core_.waiting;
  if (!response) {
    call->waiter->close();
    response = call->waiter->take();  // it may have come just now
  }
  if (response) {
    call->result = *std::move(response);
    if (std::holds_alternative<Deferred>(call->result->body)) call->result = fault(call->request, "deferred twice");
    co_return true;
  }
  gone = gone || aborted_;
  auto work = [call, gone] {
    cancel_wait(*call);
    call->result = std::unexpected(stopping());
    if (!gone && call->at_stop)
      call->result = guarded(call->request, [&]() -> Result<Response> { return call->at_stop(); });
  };
  begin_admitted_work(core_.handlers, std::move(work));
  co_await work_done(Steady::max());
  if (gone || aborted_) co_return false;
  call->close = true;
  co_return true;
}

}  // namespace recast::http
