#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/signing.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"

/// Webhooks and what was sent to them, as values (core.md 14). Pure.
namespace recast {
enum class WebhookId : std::int64_t {};
enum class DeliveryId : std::int64_t {};
}  // namespace recast

namespace recast::account {

struct Webhook {
  WebhookId id{};
  UserId user{};
  std::string url;
  std::vector<std::string> events;
  bool disabled = false;
  bool failing = false;  ///< the last delivery was given up
  SigningSecret secret;
  Time created{};
  Time updated{};
};

/// One event on its way to one address.
struct Delivery {
  enum class Outcome {
    pending,
    delivered,  ///< answered with 2xx
    failed,     ///< given up
    dropped,    ///< nothing was left to tell, or nobody to tell it to
  };
  DeliveryId id{};
  UserId user{};
  std::optional<WebhookId> webhook;  ///< nullopt: the webhook_url of the job
  JobId job;
  std::string event;
  std::string url;
  int attempts = 0;
  std::optional<Time> due;  ///< when it is tried next
  Outcome outcome = Outcome::pending;
  int status = 0;     ///< HTTP status of the last answer; 0: there was none
  std::string error;  ///< why the last attempt failed
  std::chrono::microseconds duration{};
  Time created{};
  std::optional<Time> ended;
};
std::string_view outcome_name(Delivery::Outcome outcome);

/// "job.created", "job.finished", "job.failed".
std::span<const std::string_view> webhook_events();

/// invalid_data on "events" for none or an unknown one; each once, in the order of webhook_events().
Result<std::vector<std::string>> checked_events(const std::vector<std::string>& events);

/// A URL without what may be a secret in it: who is logged in, and the query. For logs and notices.
std::string without_secrets(std::string_view url);
/// Scheme and host of an address: many receivers have their token in the path.
std::string place_of(std::string_view url);

}  // namespace recast::account
