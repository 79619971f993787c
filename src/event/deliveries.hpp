#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "account/webhook.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "event/bus.hpp"
#include "schema/field.hpp"
#include "store/webhooks.hpp"

namespace recast::net {
class Client;
}

namespace recast::event {

/// Settings section "webhooks".
struct WebhookSettings {
  int timeout_seconds = 30;
  std::vector<std::string> retry_seconds{"10", "60", "300"};
  int deliveries = 16;
  int deliveries_per_receiver = 2;
  int deliveries_per_user = 6;
  int per_user = 100;
  int log_hours = 168;
  int overlap_hours = 24;

  static constexpr auto fields = std::tuple{
      schema::field(&WebhookSettings::timeout_seconds, "timeout_seconds", "Time that one call of a webhook may take.",
                    {.min = 1, .max = 600}),
      schema::field(&WebhookSettings::retry_seconds, "retry_seconds",
                    "Pauses before a webhook that could not be reached, or answered with 5xx, is called again."),
      schema::field(&WebhookSettings::deliveries, "deliveries",
                    "Webhooks called at the same time. Receivers that were in trouble share half of them, and half of "
                    "deliveries_per_user.",
                    {.min = 2, .max = 256}),
      schema::field(&WebhookSettings::deliveries_per_receiver, "deliveries_per_receiver",
                    "Calls of one webhook at the same time.", {.min = 1}),
      schema::field(&WebhookSettings::deliveries_per_user, "deliveries_per_user",
                    "Calls for one user at the same time.", {.min = 1}),
      schema::field(&WebhookSettings::per_user, "per_user", "Webhooks that one user may have.", {.min = 0}),
      schema::field(&WebhookSettings::log_hours, "log_hours", "How long the log of deliveries is kept.", {.min = 1}),
      schema::field(&WebhookSettings::overlap_hours, "overlap_hours",
                    "How long the former signing secret stays right when one is changed.", {.min = 0}),
  };
};

/// Calls webhooks (core.md 14.2, 14.3): what the store has queued is sent at least once, of one job and receiver in
/// order, signed, tried again as the settings say. A receiver that hangs holds no more than its share of the threads.
/// All threads end with this object.
class Deliveries {
 public:
  /// What rules for webhooks alone stand under: [outbound.override.webhook].
  static constexpr std::string_view kPurpose = "webhook";

  /// The body to send; not_found if its job is gone. Called from several threads.
  using Render = std::function<Result<std::string>(const account::Delivery&)>;

  /// invalid_data on "webhooks.retry_seconds" for what is no number.
  static Result<std::vector<std::chrono::seconds>> pauses_of(const WebhookSettings& settings);

  Deliveries(const WebhookSettings& settings, store::Webhooks& webhooks, net::Client& net, Bus& bus, const Clock& clock,
             Render render);
  ~Deliveries();
  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  void look();  ///< something may have become due: a replay

 private:
  struct Calls {
    int running = 0;
    bool troubled = false;  ///< the last one found nobody in time
  };

  void plan(const std::stop_token& stop);
  std::chrono::milliseconds start_what_is_due();
  bool may_start(const store::Webhooks::Target& target);
  void work(const std::stop_token& stop);
  /// Whether the receiver answered in time.
  bool deliver(const store::Webhooks::Taken& taken, const std::stop_token& stop);
  store::Webhooks::Attempt attempt(const store::Webhooks::Taken& taken, const std::stop_token& stop);
  void finish(const store::Webhooks::Target& target, std::optional<bool> answered);

  const WebhookSettings& settings_;
  const std::vector<std::chrono::seconds> pauses_;
  store::Webhooks& webhooks_;
  net::Client& net_;
  const Clock& clock_;
  const Render render_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = true;  ///< a look at the store
  Time purged_{};
  std::deque<store::Webhooks::Target> ready_;
  std::map<std::string, Calls> receivers_;  ///< that are called, or in trouble
  struct OfUser {
    int running = 0;
    int troubled = 0;
  };
  std::map<UserId, OfUser> users_;
  int running_ = 0;
  int troubled_ = 0;  ///< of those that run
  Bus::Subscription subscription_;
  std::vector<std::jthread> threads_;  ///< last: they use the others
};

}  // namespace recast::event
