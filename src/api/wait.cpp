#include "api/wait.hpp"

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
  Wait(Context& context, Attempt attempt, std::function<void(http::Response)> done)
      : context_(context), attempt_(std::move(attempt)), done_(std::move(done)) {}

  /// The subscription comes first and the first look after it: no event can fall between.
  template <class Topic>
  void begin(const Topic& topic) {
    auto subscription = context_.services.bus.subscribe(topic, [weak = weak_from_this()](const store::Event& event) {
      if (event.name.ends_with(".updated") || event.name.ends_with(".created")) return;  // nothing has ended
      if (std::is_same_v<Topic, JobId> && !event.task.empty()) return;                   // the job's own event follows
      if (const auto self = weak.lock()) self->look_soon();
    });
    {
      std::lock_guard lock(mutex_);
      subscription_ = std::move(subscription);
    }
    look();
    look_again_later();
  }

  void end() {
    event::Bus::Subscription gone;
    std::lock_guard lock(mutex_);
    over_ = true;
    // Ending a subscription waits for its listener, which needs nothing of ours but the dispatcher's lock.
    gone = std::move(subscription_);
  }

 private:
  void look_soon() {
    context_.dispatcher.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look();
    });
  }

  void look_again_later() {
    context_.dispatcher.post_at(std::chrono::steady_clock::now() + kRecheck, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->look();
      if (!self->over()) self->look_again_later();
    });
  }

  bool over() {
    std::lock_guard lock(mutex_);
    return over_;
  }

  void look() {
    if (over()) return;
    std::optional<http::Response> answer;
    try {
      answer = attempt_(Patience::until_ended);
    } catch (const std::exception& error) {
      log::error("a wait could not read its object", {{"why", error.what()}});
      answer = error_response({ErrorCode::internal, "Server Error", {}});
    }
    if (!answer) return;
    event::Bus::Subscription gone;
    {
      std::lock_guard lock(mutex_);
      if (std::exchange(over_, true)) return;
      gone = std::move(subscription_);
    }
    done_(*std::move(answer));
  }

  Context& context_;
  const Attempt attempt_;
  const std::function<void(http::Response)> done_;
  std::mutex mutex_;
  event::Bus::Subscription subscription_;
  bool over_ = false;
};

template <class Topic>
http::Response make(Context& context, const Topic& topic, Attempt attempt) {
  http::Deferred deferred;
  deferred.at_stop = [attempt] { return attempt(Patience::none).value(); };
  deferred.start = [&context, topic, attempt = std::move(attempt)](std::function<void(http::Response)> done) {
    auto wait = std::make_shared<Wait>(context, attempt, std::move(done));
    wait->begin(topic);
    return std::function<void()>([wait] { wait->end(); });
  };
  http::Response response;
  response.body = std::move(deferred);
  return response;
}

}  // namespace

http::Response wait_for(Context& context, const JobId& job, Attempt attempt) {
  return make(context, job, std::move(attempt));
}

http::Response wait_for(Context& context, const TaskId& task, Attempt attempt) {
  return make(context, task, std::move(attempt));
}

}  // namespace recast::api
