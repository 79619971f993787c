#include "api/wait.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include "api/envelope.hpp"
#include "base/log.hpp"
#include "event/bus.hpp"

namespace recast::api {

namespace {

constexpr std::chrono::seconds kRecheck{20};

class Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(Context& context, Attempt attempt, std::optional<account::Principal> caller,
       std::function<void(http::Response)> done)
      : context_(context), attempt_(std::move(attempt)), caller_(std::move(caller)), done_(std::move(done)) {}

  /// The subscription comes first and the first look after it: no event can fall between.
  template <class Topic>
  void begin(const Topic& topic) {
    auto subscription = context_.services.bus.subscribe(topic, [weak = weak_from_this()](const store::Event& event) {
      if (event.name.ends_with(".updated") || event.name.ends_with(".created")) return;  // nothing has ended
      if (std::is_same_v<Topic, JobId> && !event.task.empty()) return;                   // the job's own event follows
      if (const auto self = weak.lock()) self->look_soon();
    });
    auto key = hear_of_key();
    {
      std::lock_guard lock(mutex_);
      subscription_ = std::move(subscription);
      key_subscription_ = std::move(key);
    }
    look();
    look_again_later();
  }

  void end() {
    event::Bus::Subscription gone, gone_too;
    std::lock_guard lock(mutex_);
    over_ = true;
    // Ending a subscription waits for its listener, which needs nothing of ours but the dispatcher's lock.
    gone = std::move(subscription_);
    gone_too = std::move(key_subscription_);
  }

 private:
  event::Bus::Subscription hear_of_key() {
    if (!caller_) return {};
    return context_.services.bus.subscribe(caller_->user.id,
                                           [weak = weak_from_this(), key = caller_->key](const store::Event& event) {
                                             if (event.name != "key.revoked" || event.key != key) return;
                                             const auto self = weak.lock();
                                             if (!self) return;
                                             self->revoked_ = true;
                                             self->look_soon();
                                           });
  }

  bool may_go_on() const {
    if (!caller_) return true;
    return !revoked_ && !(caller_->terms.expires && *caller_->terms.expires <= context_.services.clock.now());
  }

  void look_soon() {
    context_.dispatcher.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look();
    });
  }

  void look_again_later() {
    context_.dispatcher.post_at(std::chrono::steady_clock::now() + next_look(), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->look();
      if (!self->over()) self->look_again_later();
    });
  }

  /// When the caller's key expires, if that comes before the next re-check.
  std::chrono::microseconds next_look() const {
    if (!caller_ || !caller_->terms.expires) return kRecheck;
    const auto left = *caller_->terms.expires - context_.services.clock.now();
    return std::clamp<std::chrono::microseconds>(left, std::chrono::milliseconds(100), kRecheck);
  }

  bool over() {
    std::lock_guard lock(mutex_);
    return over_;
  }

  void look() {
    if (over()) return;
    std::optional<http::Response> answer;
    try {
      answer = may_go_on() ? attempt_(Patience::until_ended)
                           : error_response({ErrorCode::unauthenticated, "Unauthenticated.", {}});
    } catch (const std::exception& error) {
      log::error("a wait could not read its object", {{"why", error.what()}});
      answer = error_response({ErrorCode::internal, "Server Error", {}});
    }
    if (!answer) return;
    event::Bus::Subscription gone, gone_too;
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(over_, true)) return;
      gone = std::move(subscription_);
      gone_too = std::move(key_subscription_);
    }
    done_(*std::move(answer));
  }

  Context& context_;
  const Attempt attempt_;
  const std::optional<account::Principal> caller_;
  std::atomic<bool> revoked_ = false;
  const std::function<void(http::Response)> done_;
  std::mutex mutex_;
  event::Bus::Subscription subscription_;
  event::Bus::Subscription key_subscription_;
  bool over_ = false;
};

template <class Topic>
http::Response make(Context& context, const Topic& topic, Attempt attempt, const account::Principal* caller) {
  http::Deferred deferred;
  deferred.at_stop = [attempt] { return attempt(Patience::none).value(); };
  auto principal = caller == nullptr ? std::nullopt : std::optional(*caller);
  deferred.start = [&context, topic, attempt = std::move(attempt),
                    principal = std::move(principal)](std::function<void(http::Response)> done) {
    auto wait = std::make_shared<Wait>(context, attempt, principal, std::move(done));
    wait->begin(topic);
    return std::function<void()>([wait] { wait->end(); });
  };
  http::Response response;
  response.body = std::move(deferred);
  return response;
}

}  // namespace

http::Response wait_for(Context& context, const JobId& job, Attempt attempt, const account::Principal* caller) {
  return make(context, job, std::move(attempt), caller);
}

http::Response wait_for(Context& context, const TaskId& task, Attempt attempt, const account::Principal* caller) {
  return make(context, task, std::move(attempt), caller);
}

}  // namespace recast::api
