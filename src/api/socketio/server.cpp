#include "api/socketio/server.hpp"

#include <boost/json/object.hpp>
#include <map>
#include <utility>

#include "api/socketio/session.hpp"
#include "base/guarded.hpp"

namespace recast::socketio {

namespace {

constexpr std::size_t kIdLength = 20;  // 119 bits: whoever knows it speaks as that client

/// The refusals of Engine.IO, by number.
http::Response refusal(int code) {
  static constexpr std::string_view kTexts[] = {
      "Transport unknown", "Session ID unknown", "Bad handshake method",
      "Bad request",       "Forbidden",          "Unsupported protocol version"};
  json::object body;
  body["code"] = code;
  body["message"] = kTexts[code];
  return http::Response::json(400, body);
}
constexpr int kTransport = 0, kUnknown = 1, kMethod = 2, kBadRequest = 3, kVersion = 5;

std::optional<Protocol> protocol_of(const http::Request& request) {
  const auto version = request.query.get("EIO");
  if (version == "4") return Protocol::eio4;
  if (version == "3") return Protocol::eio3;
  return std::nullopt;
}

/// A session's WebSocket, or one that wants to become it.
class Link final : public http::WebSocketSession {
 public:
  Link(std::shared_ptr<Session> session, std::shared_ptr<http::WebSocketPeer> peer)
      : session_(std::move(session)), peer_(std::move(peer)) {}
  void on_message(std::string_view text) override { session_->receive_probe(peer_, text); }
  void on_close() override { session_->lost(peer_.get()); }

 private:
  const std::shared_ptr<Session> session_;
  const std::shared_ptr<http::WebSocketPeer> peer_;
};

}  // namespace

struct Server::Sessions {
  Guarded<std::map<std::string, std::shared_ptr<Session>, std::less<>>> by_id;
};

Server::Server(Options options, Random& random, Later later, Events events)
    : options_(options),
      random_(random),
      later_(std::move(later)),
      events_(std::move(events)),
      sessions_(std::make_unique<Sessions>()) {}

Server::~Server() = default;

std::size_t Server::sessions() const {
  return sessions_->by_id.with([](const auto& map) { return map.size(); });
}

/// Null if there are too many.
std::shared_ptr<Session> Server::open(const http::Request& request, Protocol protocol) {
  auto session = std::make_shared<Session>(*this, random_.token(kIdLength), protocol,
                                           events_.on_open ? events_.on_open(request) : std::any());
  const bool added = sessions_->by_id.with(
      [&](auto& map) { return map.size() < options_.most_sessions && map.emplace(session->id(), session).second; });
  return added ? session : nullptr;
}

std::shared_ptr<Session> Server::find(std::string_view id) const {
  return sessions_->by_id.with([id](const auto& map) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : found->second;
  });
}

void Server::forget(const std::string& id) {
  sessions_->by_id.with([&id](auto& map) { map.erase(id); });
}

Result<http::Response> Server::get(http::Request& request) {
  const auto protocol = protocol_of(request);
  const auto transport = request.query.get("transport").value_or("");
  if (transport != "polling" && transport != "websocket") return refusal(kTransport);
  if (!protocol) return refusal(kVersion);
  if (transport != "polling") return refusal(kBadRequest);
  if (const auto id = request.query.get("sid"); id && !id->empty()) {
    const auto session = find(*id);
    if (!session) return refusal(kUnknown);
    auto answer = session->poll();
    if (answer) return *std::move(answer);
    // Two polls at once, or one after the upgrade: the client has lost its way.
    if (session->is_polling()) session->close();
    return refusal(kBadRequest);
  }
  const auto session = open(request, *protocol);
  if (!session) return fail(ErrorCode::unavailable, "There are too many sockets.");
  std::vector<std::string> packets{session->open_packet(true)};
  if (*protocol == Protocol::eio3) packets.emplace_back("40");
  session->begin(nullptr);
  return http::Response::text(200, join_payload(*protocol, packets), "text/plain; charset=UTF-8");
}

Result<http::Response> Server::post(http::Request& request) {
  const auto id = request.query.get("sid");
  if (request.query.get("transport") != "polling") return refusal(kTransport);
  if (!id || id->empty()) return refusal(kMethod);
  const auto session = find(*id);
  if (!session) return refusal(kUnknown);
  if (!session->is_polling()) return refusal(kBadRequest);
  if (request.body.size() > options_.largest_payload) {
    session->close();
    return fail(ErrorCode::payload_too_large, "The payload is too large.");
  }
  const auto packets = split_payload(session->protocol(), request.body);
  if (!packets) {
    session->close();
    return refusal(kBadRequest);
  }
  for (const auto& packet : *packets) session->receive(packet);
  return http::Response::text(200, "ok", "text/html");
}

Result<std::unique_ptr<http::WebSocketSession>> Server::upgrade(http::Request& request,
                                                                std::shared_ptr<http::WebSocketPeer> peer) {
  const auto protocol = protocol_of(request);
  if (!protocol) return fail(ErrorCode::malformed_body, "Unsupported protocol version");
  if (request.query.get("transport") != "websocket") return fail(ErrorCode::malformed_body, "Transport unknown");
  if (const auto id = request.query.get("sid"); id && !id->empty()) {
    auto session = find(*id);
    if (!session || !session->is_polling()) return fail(ErrorCode::malformed_body, "Session ID unknown");
    // One that asks and never comes would have every poll ended at once, and one that says nothing stays for ever.
    later_(std::chrono::steady_clock::now() + options_.upgrade_timeout, [weak = std::weak_ptr(session), peer] {
      const auto asked = weak.lock();
      if (!asked || !asked->is_on(peer.get())) peer->close();
    });
    return std::make_unique<Link>(std::move(session), std::move(peer));
  }
  auto session = open(request, *protocol);
  if (!session) return fail(ErrorCode::unavailable, "There are too many sockets.");
  session->begin(peer);
  return std::make_unique<Link>(std::move(session), std::move(peer));
}

}  // namespace recast::socketio
