#include "api/socketio/session.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace recast::socketio {

namespace {
Steady now() { return std::chrono::steady_clock::now(); }
constexpr std::chrono::milliseconds kReleaseInterval{100};  // as the reference server does
}  // namespace

Session::Session(Server& server, std::string id, Protocol protocol, std::any tag)
    : server_(server), id_(std::move(id)), protocol_(protocol), tag_(std::move(tag)) {}

void Session::begin(std::shared_ptr<http::WebSocketPeer> peer) {
  {
    std::lock_guard lock(mutex_);
    heard_ = now();
    peer_ = std::move(peer);
    // The old protocol's clients count as connected at once and are told so.
    connected_ = protocol_ == Protocol::eio3;
    if (peer_) {
      peer_->send(open_packet(false));
      if (connected_) peer_->send("40");
    }
  }
  const auto& options = server_.options_;
  const auto weak = weak_from_this();
  if (protocol_ == Protocol::eio3) {
    server_.later_(now() + options.ping_interval + options.ping_timeout, [weak] {
      if (const auto self = weak.lock()) self->watch_silence();
    });
    return;
  }
  server_.later_(now() + options.ping_interval, [weak] {
    if (const auto self = weak.lock()) self->beat();
  });
  server_.later_(now() + options.connect_timeout, [weak] {
    const auto self = weak.lock();
    if (!self) return;
    std::unique_lock lock(self->mutex_);
    const bool idle = !self->connected_;
    lock.unlock();
    if (idle) self->close();
  });
}

std::string Session::open_packet(bool may_upgrade) const {
  const auto& options = server_.options_;
  json::object open;
  open["sid"] = id_;
  open["upgrades"] = may_upgrade ? json::array{"websocket"} : json::array{};
  open["pingInterval"] = options.ping_interval.count();
  open["pingTimeout"] = options.ping_timeout.count();
  if (protocol_ == Protocol::eio4) open["maxPayload"] = options.largest_payload;
  return frame::kOpen + json::serialize(open);
}

http::Response Session::payload(const std::vector<std::string>& packets) const {
  auto response = http::Response::text(200, join_payload(protocol_, packets), "text/plain; charset=UTF-8");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

bool Session::is_open() const {
  std::lock_guard lock(mutex_);
  return !closed_;
}

void Session::send(const std::string& packet) { push(packet); }

/// To the client by whatever transport it is on. A client that does not fetch what waits for it counts as gone.
void Session::push(std::string packet) {
  Done done;
  std::vector<std::string> packets;
  bool overflow = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    if (peer_) {
      peer_->send(std::move(packet));
      return;
    }
    queued_ += packet.size();
    queue_.push_back(std::move(packet));
    overflow = queued_ > server_.options_.most_queued;
    if (poll_ && !overflow) {
      done = std::exchange(poll_, nullptr);
      polling_ = false;
      packets = std::exchange(queue_, {});
      queued_ = 0;
    }
  }
  if (overflow) close();
  if (done) done(payload(packets));
}

bool Session::is_on(const http::WebSocketPeer* peer) const {
  std::lock_guard lock(mutex_);
  return peer_.get() == peer;
}

bool Session::is_polling() const {
  std::lock_guard lock(mutex_);
  return !peer_ && !closed_;
}

std::optional<http::Response> Session::poll() {
  std::uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || peer_ || polling_) return std::nullopt;
    if (!queue_.empty()) {
      queued_ = 0;
      return payload(std::exchange(queue_, {}));
    }
    polling_ = true;
    number = ++poll_number_;
  }
  http::Deferred deferred;
  deferred.start = [self = shared_from_this(), number](Done done) -> std::function<void()> {
    std::unique_lock lock(self->mutex_);
    if (self->closed_ || self->peer_ || !self->queue_.empty()) {
      // Something came between; a session that is over answers with a close packet.
      auto packets = std::exchange(self->queue_, {});
      self->queued_ = 0;
      self->polling_ = false;
      if (packets.empty()) packets.emplace_back(1, self->closed_ ? frame::kClose : frame::kNoop);
      lock.unlock();
      done(self->payload(packets));
      return [] {};
    }
    self->poll_ = std::move(done);
    return [self, number] { self->cancel_poll(number); };
  };
  http::Response response;
  response.body = std::move(deferred);
  return response;
}

void Session::cancel_poll(std::uint64_t number) {
  Done gone;
  std::lock_guard lock(mutex_);
  if (number != poll_number_) return;
  gone = std::exchange(poll_, nullptr);
  polling_ = false;
}

void Session::receive(std::string_view packet) {
  if (packet.empty()) return close();
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    heard_ = now();
    if (packet.front() == frame::kPong) pong_due_ = false;
  }
  switch (packet.front()) {
    case frame::kPing:
      return push(frame::kPong + std::string(packet.substr(1)));
    case frame::kMessage:
      return handle(packet.substr(1));
    case frame::kPong:
    case frame::kUpgrade:
    case frame::kNoop:
      return;
    default:
      return close();
  }
}

void Session::handle(std::string_view text) {
  const auto packet = parse_packet(text);
  if (!packet) return close();
  switch (packet->type) {
    case PacketType::connect:
      return connect(*packet);
    case PacketType::disconnect:
      return close();
    case PacketType::event:
      return handle_event(*packet);
    case PacketType::ack:
    case PacketType::connect_error:
      return;
  }
}

void Session::connect(const Packet& packet) {
  if (packet.space != "/") {
    return push("44" + packet.space + "," +
                (protocol_ == Protocol::eio4 ? R"({"message":"Invalid namespace"})" : R"("Invalid namespace")"));
  }
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(connected_, true)) return;
  }
  push("40" + json::serialize(json::object{{"sid", id_}}));
}

void Session::handle_event(const Packet& packet) {
  {
    std::unique_lock lock(mutex_);
    if (!connected_ || packet.space != "/") {
      lock.unlock();
      return close();
    }
  }
  server_.events_.on_event(shared_from_this(), packet.name, packet.arguments);
  if (packet.ack) push(ack_packet(packet.space, *packet.ack));
}

void Session::receive_probe(const std::shared_ptr<http::WebSocketPeer>& peer, std::string_view packet) {
  std::unique_lock lock(mutex_);
  if (peer_ == peer) {
    lock.unlock();
    return receive(packet);
  }
  if (closed_ || peer_) return peer->close();
  if (packet == "2probe") {
    peer->send("3probe");
    if (std::exchange(probe_, peer)) return;  // the polls are being ended already
    lock.unlock();
    return release_poll();
  }
  if (packet.empty() || packet.front() != frame::kUpgrade) return peer->close();
  peer_ = peer;
  probe_.reset();
  heard_ = now();
  for (auto& waiting : queue_) peer_->send(std::move(waiting));
  queue_ = {};
  queued_ = 0;
  auto done = std::exchange(poll_, nullptr);
  polling_ = false;
  lock.unlock();
  if (done) done(payload({std::string(1, frame::kNoop)}));
}

/// Ends the open poll, and any the client opens before it has seen the probe's answer on the other connection: it waits
/// for its poll to end before it moves, and would wait until the next ping.
void Session::release_poll() {
  Done done;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || peer_ || !probe_) return;
    done = std::exchange(poll_, nullptr);
    if (done) polling_ = false;
  }
  if (done) done(payload({std::string(1, frame::kNoop)}));
  server_.later_(now() + kReleaseInterval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->release_poll();
  });
}

void Session::lost(const http::WebSocketPeer* peer) {
  {
    std::lock_guard lock(mutex_);
    if (probe_.get() == peer) probe_.reset();
    if (peer_.get() != peer) return;
  }
  close();
}

void Session::close() {
  Done done;
  std::shared_ptr<http::WebSocketPeer> peer;
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    done = std::exchange(poll_, nullptr);
    peer = peer_ ? peer_ : probe_;
    probe_.reset();
    queue_ = {};
  }
  server_.forget(id_);
  if (peer) peer->close();
  if (done) done(payload({std::string(1, frame::kClose)}));
  if (server_.events_.on_close) server_.events_.on_close(id_);
}

/// Version 4: the server asks, the client has to answer in time.
void Session::beat() {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    pong_due_ = true;
  }
  push(std::string(1, frame::kPing));
  server_.later_(now() + server_.options_.ping_timeout, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->expect_pong();
  });
}

void Session::expect_pong() {
  bool late = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    late = pong_due_;
  }
  if (late) return close();
  const auto& options = server_.options_;
  const auto pause = std::max(options.ping_interval - options.ping_timeout, std::chrono::milliseconds(1));
  server_.later_(now() + pause, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->beat();
  });
}

/// Version 3: the client asks; silence means that it is gone.
void Session::watch_silence() {
  const auto patience = server_.options_.ping_interval + server_.options_.ping_timeout;
  Steady until;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    until = heard_ + patience;
  }
  if (until <= now()) return close();
  server_.later_(until, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->watch_silence();
  });
}

}  // namespace recast::socketio
