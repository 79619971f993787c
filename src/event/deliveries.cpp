#include "event/deliveries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "event/pauses.hpp"
#include "net/client.hpp"

namespace recast::event {

namespace {

using account::Delivery;

constexpr std::chrono::seconds kLeaseBeyondTimeout{30};
constexpr std::chrono::milliseconds kLongestRest{30'000};  // the store may be shared with other programs
constexpr std::chrono::milliseconds kAfterFailure{5'000};
constexpr std::chrono::hours kBetweenPurges{1};
constexpr std::size_t kPurgedAtOnce = 10'000;

bool is_about_end_or_begin(std::string_view event) {
  return event == "job.created" || event == "job.finished" || event == "job.failed";
}

bool may_be_about_the_signature(unsigned status) { return status == 400 || status == 401 || status == 403; }

/// net's errors are worded for downloads.
std::string cause_of(const Error& error) {
  const auto colon = error.message.find(": ");
  return colon == std::string::npos ? error.message : error.message.substr(colon + 2);
}

}  // namespace

Result<std::vector<std::chrono::seconds>> Deliveries::pauses_of(const WebhookSettings& settings) {
  return read_pauses(settings.retry_seconds, "webhooks.retry_seconds");
}

Deliveries::Deliveries(const WebhookSettings& settings, store::Webhooks& webhooks, net::Client& net, Bus& bus,
                       const Clock& clock, Render render)
    : settings_(settings),
      pauses_(pauses_of(settings).value()),
      webhooks_(webhooks),
      net_(net),
      clock_(clock),
      render_(std::move(render)),
      subscription_(bus.subscribe([this](const store::Event& event) {
        if (is_about_end_or_begin(event.name)) look();
      })) {
  threads_.emplace_back([this](const std::stop_token& stop) { plan(stop); });
  for (int i = 0; i < settings_.deliveries; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

Deliveries::~Deliveries() {
  subscription_ = {};
  for (auto& thread : threads_) thread.request_stop();
}

void Deliveries::look() {
  {
    std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  changed_.notify_all();
}

void Deliveries::plan(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::chrono::milliseconds rest = kAfterFailure;
    try {
      rest = start_what_is_due();
    } catch (const std::exception& error) {
      log::error("webhooks could not be looked up", {{"why", error.what()}});
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, rest, [this] { return wanted_; });
  }
}

std::chrono::milliseconds Deliveries::start_what_is_due() {
  {
    std::lock_guard lock(mutex_);
    wanted_ = false;
  }
  const auto now = clock_.now();
  if (now - purged_ >= kBetweenPurges) {
    const auto purged = webhooks_.purge(now - std::chrono::hours(settings_.log_hours), kPurgedAtOnce);
    if (!purged || *purged < kPurgedAtOnce) purged_ = now;
  }
  const auto work = webhooks_.work();
  if (!work) return kAfterFailure;
  bool started = false;
  {
    std::lock_guard lock(mutex_);
    for (const auto& target : work->targets) {
      while (may_start(target)) {
        ready_.push_back(target);
        started = true;
      }
    }
  }
  if (started) changed_.notify_all();
  if (!work->next) return kLongestRest;
  const auto until = std::chrono::ceil<std::chrono::milliseconds>(*work->next - now);
  return std::clamp(until, std::chrono::milliseconds(1), kLongestRest);
}

bool Deliveries::may_start(const store::Webhooks::Target& target) {
  auto& calls = receivers_[target.name];
  auto& of_user = users_[target.user];
  const bool room = running_ < settings_.deliveries && calls.running < settings_.deliveries_per_receiver &&
                    of_user.running < settings_.deliveries_per_user &&
                    (!calls.troubled || (troubled_ < settings_.deliveries / 2 &&
                                         of_user.troubled < std::max(1, settings_.deliveries_per_user / 2)));
  if (!room) return false;
  ++running_;
  ++calls.running;
  ++of_user.running;
  if (calls.troubled) {
    ++troubled_;
    ++of_user.troubled;
  }
  return true;
}

void Deliveries::work(const std::stop_token& stop) {
  for (;;) {
    store::Webhooks::Target target;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !ready_.empty(); })) return;
      target = std::move(ready_.front());
      ready_.pop_front();
    }
    // Seconds of grace, so that no other process takes it for lost while it is still being called.
    const auto lease = std::chrono::seconds(settings_.timeout_seconds) * 2 + kLeaseBeyondTimeout;
    std::optional<bool> answered;
    try {
      const auto taken = webhooks_.take(target.name, lease);
      if (taken && *taken) answered = deliver(**taken, stop);
    } catch (const std::exception& error) {
      log::error("a webhook could not be called", {{"why", error.what()}});
    }
    finish(target, answered);
  }
}

void Deliveries::finish(const store::Webhooks::Target& target, std::optional<bool> answered) {
  {
    std::lock_guard lock(mutex_);
    auto& calls = receivers_[target.name];
    --running_;
    --calls.running;
    auto& of_user = users_[target.user];
    --of_user.running;
    const auto count_troubled = [&](int more) {
      troubled_ += more;
      of_user.troubled += more;
    };
    // Those that still run are counted as what the receiver is known for now.
    if (calls.troubled) count_troubled(-1);
    if (answered && calls.troubled == *answered) {
      calls.troubled = !*answered;
      count_troubled(calls.troubled ? calls.running : -calls.running);
    }
    if (of_user.running == 0) users_.erase(target.user);
    if (calls.running == 0 && !calls.troubled) receivers_.erase(target.name);
    wanted_ = wanted_ || answered.has_value();
  }
  changed_.notify_all();
}

bool Deliveries::deliver(const store::Webhooks::Taken& taken, const std::stop_token& stop) {
  const auto begin = std::chrono::steady_clock::now();
  auto attempt = this->attempt(taken, stop);
  if (stop.stop_requested() && attempt.status == 0) return true;  // its lease ends, and it is tried again
  attempt.duration = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  const auto& delivery = taken.delivery;
  if (attempt.outcome == Delivery::Outcome::pending) {
    attempt.due = next_attempt(pauses_, delivery.attempts + 1, clock_.now());
    if (!attempt.due) attempt.outcome = Delivery::Outcome::failed;
  }
  if (attempt.outcome != Delivery::Outcome::delivered) {
    log::warning("a webhook was not delivered", {{"delivery", static_cast<std::int64_t>(delivery.id)},
                                                 {"job", delivery.job.str()},
                                                 {"event", delivery.event},
                                                 {"attempt", delivery.attempts + 1},
                                                 {"why", attempt.error},
                                                 {"again", attempt.due.has_value()}});
  }
  if (const auto kept = webhooks_.record(delivery, attempt); !kept) {
    log::error("the outcome of a webhook could not be kept", {{"why", kept.error().message}});
  }
  return attempt.status != 0 || attempt.outcome == Delivery::Outcome::dropped;
}

store::Webhooks::Attempt Deliveries::attempt(const store::Webhooks::Taken& taken, const std::stop_token& stop) {
  const auto& delivery = taken.delivery;
  store::Webhooks::Attempt attempt;
  const auto end = [&](Delivery::Outcome outcome, std::string error) {
    attempt.outcome = outcome;
    attempt.error = std::move(error);
    return attempt;
  };
  if (taken.disabled && !taken.replayed) return end(Delivery::Outcome::dropped, "The webhook was disabled.");
  auto secret = taken.secret;
  if (!delivery.webhook) {
    auto of_user = webhooks_.job_secret(delivery.user);
    if (!of_user) return end(Delivery::Outcome::dropped, "The user is gone.");
    secret = *std::move(of_user);
  }
  const auto body = render_(delivery);
  if (!body && body.error().code == ErrorCode::not_found) return end(Delivery::Outcome::dropped, "The job is gone.");
  if (!body) return end(Delivery::Outcome::pending, body.error().message);
  const auto deadline = Deadline::in(std::chrono::seconds(settings_.timeout_seconds));
  const auto own = net_.on_behalf_of({std::string(kPurpose), delivery.job.str()});
  auto& net = own ? *own : net_;
  const auto call = [&](const std::string& key) {
    return net.exchange({.method = "POST",
                         .url = delivery.url,
                         .headers = {{"Content-Type", "application/json"},
                                     {"CloudConvert-Signature", account::signature_of(key, *body)}},
                         .body = *body,
                         .body_wanted = false},
                        deadline, stop);
  };
  auto answer = call(secret.current);
  // A receiver that was not told of the new secret yet: the former one is right, too.
  const bool former = secret.former && secret.former_until && clock_.now() < *secret.former_until;
  if (former && answer && may_be_about_the_signature(answer->status)) answer = call(*secret.former);
  if (!answer) {
    const bool refused = answer.error().code == ErrorCode::invalid_data;
    return end(refused ? Delivery::Outcome::failed : Delivery::Outcome::pending, cause_of(answer.error()));
  }
  attempt.status = static_cast<int>(answer->status);
  if (answer->status / 100 == 2) return end(Delivery::Outcome::delivered, {});
  attempt.gone = answer->status == 410;
  const bool again = answer->status >= 500 || answer->status == 429;
  return end(again ? Delivery::Outcome::pending : Delivery::Outcome::failed, fmt::format("HTTP {}", answer->status));
}

}  // namespace recast::event
