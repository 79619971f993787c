#include "http/connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>

#include "base/log.hpp"
#include "http/websocket_peer.hpp"

namespace recast::http {

namespace {

constexpr std::chrono::seconds kLingerTime{3};
constexpr std::uint64_t kLingerBytes = 64ULL << 20;

Steady now() { return std::chrono::steady_clock::now(); }

void log_end(std::exception_ptr error) {
  if (!error) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    log::error("a connection ended with an exception", {{"reason", exception.what()}});
  } catch (...) {
    log::error("a connection ended with an unknown exception");
  }
}

}  // namespace

Connection::Connection(Core& core, Loop& loop, const Origin& origin, Socket socket, const AddressBytes& peer,
                       Admission admission)
    : core_(core),
      loop_(loop),
      origin_(origin),
      socket_(std::move(socket)),
      stream_(socket_.native_handle(), origin.tls.get()),
      timer_(loop.context),
      peer_(peer),
      admission_(admission),
      in_meter_(std::chrono::seconds(core.settings.body_stall_seconds), core.settings.minimum_rate),
      out_meter_(std::chrono::seconds(core.settings.body_stall_seconds), core.settings.minimum_rate) {
  core_.census.born();
}

Connection::~Connection() {
  loop_.connections.erase(this);
  // The descriptor goes first: whoever learns that nobody lives may count descriptors.
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (admission_ == Admission::granted) core_.census.leave(peer_, core_.proxies.contains(peer_));
  core_.census.died();
}

void Connection::start() {
  loop_.connections.insert(this);
  if (core_.stopping) stopping_ = true;
  // The coroutine's frame holds what keeps this alive; see run().
  asio::co_spawn(loop_.context, run(), &log_end);
}

void Connection::stop() {
  stopping_ = true;
  wake();
}

void Connection::abort() {
  aborted_ = true;
  stopping_ = true;
  stream_.shut_down();
  wake();
}

Task<void> Connection::run() {
  const auto self = shared_from_this();
  std::exception_ptr error;
  try {
    co_await run_inside();
  } catch (...) {
    error = std::current_exception();
  }
  if (session_) co_await end_websocket();
  aborted_ = true;
  if (websocket_) websocket_->detach();
  // Ends the waits that are still open; they hold this object, too.
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  stream_.shut_down();
  log_end(error);
}

Task<void> Connection::run_inside() {
  if (stream_.secure()) {
    const bool greeted = co_await handshake();
    if (!greeted) co_return;
  }
  if (admission_ == Admission::refused) {
    co_await refuse_connection();
    co_return;
  }
  auto next = Next::request;
  while (next == Next::request) next = co_await serve();
  if (next == Next::websocket) co_await serve_websocket();
  co_await close_politely();
}

Task<bool> Connection::handshake() {
  const auto deadline = now() + std::chrono::seconds(core_.settings.header_seconds);
  idle_ = true;
  auto status = stream_.handshake();
  while (status == Stream::Status::want_read || status == Stream::Status::want_write) {
    const auto waited = co_await wait_for(status, deadline);
    if (waited != Io::done) co_return false;
    status = stream_.handshake();
  }
  idle_ = false;
  co_return status == Stream::Status::done;
}

/// One connection too many: an answer if the client is quick to take it, then the end.
Task<void> Connection::refuse_connection() {
  if (!stream_.secure()) {
    Request request;
    request.listener = origin_.name;
    const Error error{ErrorCode::unavailable, "The server has too many connections.", {}};
    auto response = render(request, error);
    auto* const body = std::get_if<std::string>(&response.body);
    response.headers.set("Content-Length", std::to_string(body == nullptr ? 0 : body->size()));
    response.headers.set("Connection", "close");
    output_ = serialize_head(503, response.headers);
    if (body != nullptr) output_ += *body;
    const auto sent = co_await flush();
    lingering_ = sent == Io::done;
  }
  co_await close_politely();
}

/// Closing with unread bytes would reset the connection, and the client might lose the answer: tell it that no more
/// comes, then read on for a bounded time and amount.
Task<void> Connection::close_politely() {
  if (aborted_) co_return;
  stream_.finish();
  if (!lingering_) co_return;
  const auto deadline = now() + kLingerTime;
  std::uint64_t dropped = 0;
  while (dropped < kLingerBytes && !aborted_ && !stopping_ && now() < deadline) {
    const auto transfer = stream_.read(loop_.scratch);
    if (transfer.status == Stream::Status::closed) co_return;
    dropped += transfer.bytes;
    if (transfer.status == Stream::Status::done) continue;
    const auto waited = co_await wait_for(transfer.status, deadline);
    if (waited != Io::done) co_return;
  }
}

void Connection::wake() {
  woken_ = true;
  timer_.cancel();
}

/// Returns when wake() was called or the deadline has passed, whichever comes first. May return early.
Task<void> Connection::wait(Steady deadline) {
  if (!woken_) {
    boost::system::error_code ignored;
    timer_.expires_at(deadline);
    auto token = asio::redirect_error(kUseTask, ignored);
    co_await timer_.async_wait(token);
  }
  woken_ = false;
}

void Connection::watch(Stream::Status want) {
  const bool reading = want == Stream::Status::want_read;
  auto& watching = reading ? watching_read_ : watching_write_;
  if (watching) return;
  watching = true;
  auto on_ready = [self = shared_from_this(), reading](const boost::system::error_code&) {
    (reading ? self->watching_read_ : self->watching_write_) = false;
    (reading ? self->read_ready_ : self->write_ready_) = true;
    self->wake();
  };
  socket_.async_wait(reading ? Socket::wait_read : Socket::wait_write, std::move(on_ready));
}

Task<Connection::Io> Connection::wait_for(Stream::Status want, Steady deadline) {
  auto& ready = want == Stream::Status::want_read ? read_ready_ : write_ready_;
  ready = false;
  watch(want);
  while (!ready) {
    if (aborted_ || (idle_ && stopping_)) co_return Io::closed;
    if (now() >= deadline) co_return Io::timeout;
    co_await wait(deadline);
  }
  co_return aborted_ ? Io::closed : Io::done;
}

/// Reads what is there, or waits for it, and appends it to the input.
Task<Connection::Io> Connection::fill(Steady deadline) {
  while (!aborted_) {
    const auto transfer = stream_.read(loop_.scratch);
    if (transfer.status == Stream::Status::closed) co_return Io::closed;
    if (transfer.status == Stream::Status::done) {
      received_ += transfer.bytes;
      input_.append(loop_.scratch.data(), transfer.bytes);
      co_return Io::done;
    }
    const auto waited = co_await wait_for(transfer.status, deadline);
    if (waited != Io::done) co_return waited;
  }
  co_return Io::closed;
}

/// Sends all of the output. The client must keep taking it at the minimum rate; what the kernel still holds counts as
/// not taken.
Task<Connection::Io> Connection::flush() {
  auto status = Io::done;
  while (output_at_ < output_.size() && status == Io::done) {
    if (aborted_) co_return Io::closed;
    const auto transfer = stream_.write(std::string_view(output_).substr(output_at_));
    output_at_ += transfer.bytes;
    sent_ += transfer.bytes;
    if (transfer.status == Stream::Status::closed) co_return Io::closed;
    if (transfer.status == Stream::Status::done) continue;
    status = co_await wait_for(transfer.status, out_meter_.deadline());
    if (status == Io::closed) co_return status;
    const auto taken = sent_ - std::min(sent_, stream_.unsent());
    status = out_meter_.is_stalled(now(), taken) ? Io::timeout : Io::done;
  }
  output_at_ = 0;
  output_.clear();
  co_return status;
}

}  // namespace recast::http
