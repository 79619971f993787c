#include "api/channels.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>
#include <utility>

#include "api/auth.hpp"
#include "api/views.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace recast::api {

namespace {

constexpr std::chrono::milliseconds kUpdatePause{1000};
constexpr std::size_t kLongestName = 200;

bool is_about_task(const store::Event& event) { return !event.task.empty(); }
std::string object_of(const store::Event& event) { return is_about_task(event) ? event.task.str() : event.job.str(); }
bool is_update(const store::Event& event) { return event.name.ends_with(".updated"); }
bool is_ending(const store::Event& event) {
  return event.name.ends_with(".finished") || event.name.ends_with(".failed");
}

std::vector<std::string> topics_of(const store::Event& event) {
  using Kind = ChannelName::Kind;
  const auto user = std::to_string(static_cast<std::int64_t>(event.user));
  const auto topic = [](Kind kind, const std::string& id) { return ChannelName{kind, id}.topic(); };
  if (!is_about_task(event)) return {topic(Kind::job, event.job.str()), topic(Kind::user_jobs, user)};
  std::vector<std::string> topics{topic(Kind::task, event.task.str()), topic(Kind::user_tasks, user)};
  if (!event.job.empty()) topics.push_back(topic(Kind::job_tasks, event.job.str()));
  return topics;
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// auth.headers.Authorization, however the client spells it.
std::string authorization_of(const json::object& request) {
  const auto* const auth = request.if_contains("auth");
  if (auth == nullptr || !auth->is_object()) return {};
  const auto* const headers = auth->get_object().if_contains("headers");
  if (headers == nullptr || !headers->is_object()) return {};
  for (const auto& header : headers->get_object()) {
    if (equal_ignoring_case(header.key(), "authorization") && header.value().is_string()) {
      return std::string(header.value().get_string());
    }
  }
  return {};
}

int status_of(const Error& error) {
  if (error.code == ErrorCode::unauthenticated) return 401;
  if (error.code == ErrorCode::forbidden) return 403;
  return error.code == ErrorCode::not_found ? 404 : 500;
}

void refuse(socketio::Socket& socket, const std::string& name, int status) {
  const std::vector<std::string> arguments{json::serialize(json::value(name)), std::to_string(status)};
  socket.send(socketio::event_packet("subscription_error", arguments));
}

/// The mode of the address that it was opened at: of the other mode it hears nothing.
bool in_sandbox(const socketio::Socket& socket) { return std::any_cast<Bases>(socket.tag()).sandbox; }

std::string packet(std::string_view event, const std::string& channel, const std::string& payload) {
  const std::vector<std::string> arguments{json::serialize(json::value(channel)), payload};
  return socketio::event_packet(event, arguments);
}

/// What an event carries, rendered once for all sockets that reach the server under one name.
class Payload {
 public:
  Payload(const Context& context, const store::Event& event) : context_(context), event_(event) {}

  /// nullptr if the object is gone, or is not of the mode of the address that the socket was opened at.
  const std::string* for_socket(const socketio::Socket& socket) {
    const auto bases = std::any_cast<Bases>(socket.tag());
    const auto [at, added] = texts_.try_emplace(fmt::format("{} {} {}", bases.api, bases.storage, bases.sandbox));
    if (added) at->second = render(View(context_, bases), bases.sandbox);
    return at->second ? &*at->second : nullptr;
  }

 private:
  std::optional<std::string> render(const View& view, bool sandbox) {
    auto& store = context_.services.store;
    if (is_about_task(event_)) {
      if (!task_) task_ = store.task(event_.user, event_.task);
      if (!*task_ || (*task_)->sandbox != sandbox) return std::nullopt;
      return json::serialize(json::object{{"task", view.task(**task_)}});
    }
    if (!job_) job_ = store.job(event_.user, event_.job);
    if (!*job_ || (*job_)->sandbox != sandbox) return std::nullopt;
    return json::serialize(json::object{{"job", view.job(**job_, View::Tasks::with)}});
  }

  const Context& context_;
  const store::Event& event_;
  std::optional<Result<job::Job>> job_;
  std::optional<Result<job::Task>> task_;
  std::map<std::string, std::optional<std::string>> texts_;
};

}  // namespace

Channels::Channels(Context& context)
    : context_(context),
      subscriptions_(static_cast<std::size_t>(context.services.settings.sockets_per_user)),
      server_({}, context.services.random,
              [&context](Steady at, std::function<void()> work) { context.dispatcher.post_at(at, std::move(work)); },
              {.on_open = [&settings = context.services.settings](
                              const http::Request& request) { return std::any(bases_of(request, settings)); },
               .on_event = [this](const Socket& socket, const std::string& name,
                                  const json::array& arguments) { on_event(socket, name, arguments); },
               .on_close = [this](const std::string& id) { subscriptions_.remove_socket(id); }}) {
  listening_ = context.services.bus.subscribe([this](const store::Event& event) { heard(event); });
}

Channels::~Channels() {
  listening_ = {};  // no more work for the strand
  strand_.stop();
}

void Channels::on_event(const Socket& socket, const std::string& name, const json::array& arguments) {
  if (arguments.empty() || !arguments.front().is_object()) return;
  const auto& request = arguments.front().get_object();
  const auto channel = text_member(request, "channel");
  if (channel.empty() || channel.size() > kLongestName) return;
  if (name == "subscribe") subscribe(socket, channel, request);
  if (name == "unsubscribe") subscriptions_.remove(socket->id(), channel);
}

void Channels::subscribe(const Socket& socket, const std::string& name, const json::object& request) {
  const auto channel = ChannelName::parse(name);
  if (!channel) return refuse(*socket, name, 404);
  const auto caller = authorise(*channel, authorization_of(request), in_sandbox(*socket));
  if (!caller) return refuse(*socket, name, caller.error());
  const Subscriber subscriber{socket, name, *channel, caller->user.id, caller->key, caller->terms.expires};
  switch (subscriptions_.add(socket, subscriber)) {
    case Subscriptions::Added::too_many:
      return refuse(*socket, name, 429);
    case Subscriptions::Added::already:
    case Subscriptions::Added::closed:
      return;
    case Subscriptions::Added::yes:
      break;
  }
  // Only now, after events can reach it: what ended before is told again, what ends later comes by itself.
  strand_.post([this, subscriber] { replay(subscriber); });
  if (!subscriber.expires) return;
  // One further off than a day ends with its next event, or with the socket.
  const auto left = *subscriber.expires - context_.services.clock.now();
  if (left > std::chrono::hours(24)) return;
  strand_.post_at(std::chrono::steady_clock::now() + left, [this, key = subscriber.key] { end_key(key); });
}

std::expected<account::Principal, int> Channels::authorise(const ChannelName& channel, std::string_view authorization,
                                                           bool sandbox) const {
  using Kind = ChannelName::Kind;
  auto& store = context_.services.store;
  const auto principal = authenticate(authorization, store);
  if (!principal) return std::unexpected(status_of(principal.error()));
  if (!principal->has(account::scope::task_read) || !principal->require_mode(sandbox)) return std::unexpected(403);
  const auto user = principal->user.id;
  const store::Owner owner(user, sandbox);
  const auto found = [&principal](const auto& object) -> std::expected<account::Principal, int> {
    if (!object) return std::unexpected(status_of(object.error()));
    return *principal;
  };
  switch (channel.kind) {
    case Kind::job:
    case Kind::job_tasks:
      return found(store.job(owner, JobId(channel.id)));
    case Kind::task:
      return found(store.task(owner, TaskId(channel.id)));
    case Kind::user_jobs:
    case Kind::user_tasks:
      break;
  }
  if (channel.id != std::to_string(static_cast<std::int64_t>(user))) return std::unexpected(403);
  return *principal;
}

/// A client may subscribe after the end and would wait for ever.
void Channels::replay(const Subscriber& subscriber) {
  using Kind = ChannelName::Kind;
  auto& store = context_.services.store;
  const auto& id = subscriber.channel.id;
  const auto socket = subscriber.socket.lock();
  if (!socket) return;
  const store::Owner owner(subscriber.user, in_sandbox(*socket));
  std::vector<store::Event> events;
  const auto note = [&](std::string_view kind, job::Status status, const JobId& job, const TaskId& task) {
    if (!job::is_terminal(status)) return;
    const auto* const end = status == job::Status::finished ? "finished" : "failed";
    events.push_back(
        {.sequence = 0, .name = fmt::format("{}.{}", kind, end), .user = subscriber.user, .job = job, .task = task});
  };
  if (subscriber.channel.kind == Kind::task) {
    if (const auto task = store.task(owner, TaskId(id))) note("task", task->status, task->job_id, task->id);
  } else if (subscriber.channel.kind == Kind::job || subscriber.channel.kind == Kind::job_tasks) {
    const auto job = store.job(owner, JobId(id));
    if (!job) return;
    if (subscriber.channel.kind == Kind::job)
      note("job", job->status, job->id, {});
    else
      for (const auto& task : job->tasks) note("task", task.status, job->id, task.id);
  }
  for (const auto& event : events) {
    if (!subscriptions_.first_ending(subscriber, object_of(event))) continue;
    Payload payload(context_, event);
    if (const auto* const text = payload.for_socket(*socket)) socket->send(packet(event.name, subscriber.name, *text));
  }
}

/// On the publisher's thread: quick.
void Channels::heard(const store::Event& event) {
  if (event.name == "key.revoked") return strand_.post([this, key = event.key] { end_key(key); });
  if (event.name.ends_with(".deleted") || !subscriptions_.any(topics_of(event))) return;
  strand_.post([this, event] { deliver(event); });
}

/// A key that is revoked or expired is good for nothing more, on connections that are open as little as on new ones.
void Channels::end_key(KeyId key) {
  for (const auto& subscriber : subscriptions_.remove_key(key)) {
    const auto socket = subscriber->socket.lock();
    if (!socket) continue;
    refuse(*socket, subscriber->name, 401);
    socket->close();
  }
}

void Channels::deliver(const store::Event& event) {
  if (is_update(event) && paced(event)) return;
  if (is_ending(event)) paces_.erase(object_of(event));
  send(event);
}

/// At most about one update a second for each object; the last one is never lost.
bool Channels::paced(const store::Event& event) {
  const auto object = object_of(event);
  const auto [at, added] = paces_.try_emplace(object);
  at->second.event = event;
  if (!added) {
    at->second.pending = true;
    return true;
  }
  next_pace(object);
  return false;
}

void Channels::next_pace(const std::string& object) {
  strand_.post_at(std::chrono::steady_clock::now() + kUpdatePause, [this, object] {
    const auto pace = paces_.find(object);
    if (pace == paces_.end()) return;  // it ended meanwhile
    if (!std::exchange(pace->second.pending, false)) {
      paces_.erase(pace);
      return;
    }
    send(pace->second.event);
    next_pace(object);
  });
}

void Channels::send(const store::Event& event) {
  Payload payload(context_, event);
  std::set<KeyId> expired;
  for (const auto& subscriber : subscriptions_.of(topics_of(event))) {
    const auto socket = subscriber->socket.lock();
    if (subscriber->expires && *subscriber->expires <= context_.services.clock.now()) {
      expired.insert(subscriber->key);
      continue;
    }
    if (!socket || (is_ending(event) && !subscriptions_.first_ending(*subscriber, object_of(event)))) continue;
    if (const auto* const text = payload.for_socket(*socket)) socket->send(packet(event.name, subscriber->name, *text));
  }
  for (const auto key : expired) end_key(key);
}

void add_socket_routes(Routes& routes) {
  const auto context = routes.context();
  context->channels = std::make_unique<Channels>(*context);
  auto& router = routes.router();
  // With and without a slash at the end: the router does not tell them apart.
  router.get("/socket.io", [context](http::Request& request) { return context->channels->server().get(request); });
  router.post("/socket.io", [context](http::Request& request) { return context->channels->server().post(request); });
  router.websocket("/socket.io", [context](http::Request& request, std::shared_ptr<http::WebSocketPeer> peer) {
    return context->channels->server().upgrade(request, std::move(peer));
  });
}

}  // namespace recast::api
