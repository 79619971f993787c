#include <algorithm>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "base/log.hpp"
#include "http/connection.hpp"
#include "http/guarded.hpp"
#include "http/websocket_peer.hpp"

namespace recast::http {

namespace {

constexpr std::size_t kMostQueued = 1 << 20;
constexpr std::size_t kLongestMessage = 1 << 20;
constexpr std::size_t kKeptBuffer = 1024;      // capacity an idle socket may keep
constexpr std::chrono::seconds kCloseTime{5};  // for the other side to answer a close frame
constexpr std::uint16_t kGoingAway = 1001;

Steady now() { return std::chrono::steady_clock::now(); }

template <class Function>
void logged(const Function& function) {
  try {
    function();
  } catch (const std::exception& exception) {
    log::error("a WebSocket session failed", {{"reason", exception.what()}});
  } catch (...) {
    log::error("a WebSocket session failed with an unknown exception");
  }
}

}  // namespace

Peer::Peer(std::shared_ptr<Connection> connection) {
  state_.with([&](State& state) { state.connection = std::move(connection); });
}

void Peer::append(State& state, Opcode opcode, std::string_view payload) {
  if (!state.connection || state.closing || state.overflow) return;
  state.overflow = state.outbox.size() - state.at >= kMostQueued;
  if (!state.overflow) state.outbox += websocket_frame(opcode, payload);
  notify(state);
}

/// Posted under the lock: detach(), and with it the end of the loop, come after this.
void Peer::notify(State& state) {
  if (std::exchange(state.notified, true)) return;
  auto back = [connection = state.connection] { connection->wake(); };
  asio::post(state.connection->loop().context, std::move(back));
}

void Peer::send(std::string text) {
  state_.with([&](State& state) { append(state, Opcode::text, text); });
}

void Peer::pong(std::string_view payload) {
  state_.with([&](State& state) { append(state, Opcode::pong, payload); });
}

void Peer::close() { close(1000); }

void Peer::close(std::uint16_t code) {
  state_.with([&](State& state) {
    if (!state.connection || std::exchange(state.closing, true)) return;
    state.outbox += websocket_close_frame(code);
    notify(state);
  });
}

Peer::Progress Peer::drain(Stream& stream) {
  return state_.with([&](State& state) {
    state.notified = false;
    Progress progress{Stream::Status::done, state.overflow, state.closing};
    while (state.at < state.outbox.size() && progress.status == Stream::Status::done) {
      const auto transfer = stream.write(std::string_view(state.outbox).substr(state.at));
      state.at += transfer.bytes;
      progress.status = transfer.status;
    }
    if (state.at < state.outbox.size() && state.at < kMostQueued / 4) return progress;
    state.outbox.erase(0, std::exchange(state.at, 0));
    if (state.outbox.empty() && state.outbox.capacity() > kKeptBuffer) state.outbox = {};
    return progress;
  });
}

void Peer::detach() {
  std::shared_ptr<Connection> dropped;  // destroyed after the lock is free
  state_.with([&](State& state) {
    dropped.swap(state.connection);
    state.outbox = {};
    state.at = 0;
  });
}

Task<Connection::Next> Connection::open_websocket(std::shared_ptr<Call> call) {
  if (!call->parser.done()) {
    call->close = call->more_may_come = true;
    reject(*call, Error{ErrorCode::malformed_body, "An upgrade has no body.", {}}, 400);
    co_return co_await answer(call);
  }
  websocket_ = std::make_shared<Peer>(shared_from_this());
  call->result = fail(ErrorCode::unavailable, "The server is overloaded. Try again later.");
  auto work = [this, call] {
    auto opened = guarded(call->request, [&] { return (*call->match.websocket)(call->request, websocket_); });
    if (opened)
      session_ = *std::move(opened);
    else
      call->result = std::unexpected(std::move(opened).error());
  };
  if (begin_work(std::move(work))) co_await work_done(Steady::max());
  if (!session_) {
    websocket_->detach();
    websocket_.reset();
    reject(*call, call->result.error());
    co_return co_await answer(call);
  }
  Headers headers;
  headers.set("Upgrade", "websocket");
  headers.set("Connection", "Upgrade");
  headers.set("Sec-WebSocket-Accept", websocket_accept(call->parser.framing().websocket_key));
  call->close = false;
  add_common_headers(*call, headers);
  output_ = serialize_head(101, headers);
  const auto sent = co_await flush();
  report(*call, 101);
  if (sent != Io::done) aborted_ = true;
  co_return Next::websocket;
}

/// Sends what waits and reads what comes, until one side is done. A message is handled to its end before the next is
/// read.
Task<void> Connection::serve_websocket() {
  ++core_.websockets;
  output_ = {};
  WebSocketReader reader(kLongestMessage);
  auto deadline = Steady::max();
  bool open = true;
  while (open) {
    open = advance_websocket(reader, deadline);
    if (open) co_await wait(deadline);
  }
  co_await work_done(Steady::max());
  --core_.websockets;
}

/// All that can be done without waiting. False when the socket is done.
bool Connection::advance_websocket(WebSocketReader& reader, Steady& deadline) {
  if (stopping_) websocket_->close(kGoingAway);
  bool more = true;
  while (more && !aborted_) {
    more = !working_ && !peer_closed_ && read_websocket(reader);
    const auto progress = websocket_->drain(stream_);
    if (progress.overflow) aborted_ = true;  // it would not read a farewell either
    if (progress.status == Stream::Status::closed)
      aborted_ = true;
    else if (progress.status != Stream::Status::done)
      watch(progress.status);
    if (progress.closing && deadline == Steady::max()) deadline = now() + kCloseTime;
    if (peer_closed_ && progress.status == Stream::Status::done && !working_) return false;
  }
  return !aborted_ && now() < deadline;
}

/// Reads once. False if there is nothing to read now.
bool Connection::read_websocket(WebSocketReader& reader) {
  std::string held = std::exchange(input_, {});
  std::string_view input = held;
  if (held.empty()) {
    const auto transfer = stream_.read(loop_.scratch);
    if (transfer.status == Stream::Status::closed)
      aborted_ = true;
    else if (transfer.status != Stream::Status::done)
      watch(transfer.status);
    if (transfer.status != Stream::Status::done) return false;
    input = {loop_.scratch.data(), transfer.bytes};
  }
  while (!input.empty() && !working_ && !peer_closed_) {
    switch (reader.read(input)) {
      case WebSocketReader::Event::none:
        break;
      case WebSocketReader::Event::pong:
        reader.take();
        break;
      case WebSocketReader::Event::ping:
        websocket_->pong(reader.take());
        break;
      case WebSocketReader::Event::text:
        handle_message(reader.take());
        break;
      case WebSocketReader::Event::close:
        websocket_->close(1000);
        peer_closed_ = true;
        break;
      case WebSocketReader::Event::failed:
        websocket_->close(reader.close_code());
        peer_closed_ = lingering_ = true;  // nothing it says can be understood any more
        break;
    }
  }
  if (!peer_closed_) input_ = input;
  return true;
}

void Connection::handle_message(std::string text) {
  auto work = [this, text = std::move(text)] { logged([&] { session_->on_message(text); }); };
  begin_admitted_work(core_.handlers, std::move(work));
}

Task<void> Connection::end_websocket() {
  co_await work_done(Steady::max());
  websocket_->detach();
  auto work = [this] {
    logged([this] { session_->on_close(); });
    session_.reset();
  };
  begin_admitted_work(core_.handlers, std::move(work));
  co_await work_done(Steady::max());
}

}  // namespace recast::http
