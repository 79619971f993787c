#include "account/webhook.hpp"

#include <algorithm>
#include <array>

namespace recast::account {

namespace {
constexpr std::array<std::string_view, 3> kEvents{"job.created", "job.finished", "job.failed"};
}

std::string_view outcome_name(Delivery::Outcome outcome) {
  switch (outcome) {
    case Delivery::Outcome::pending:
      return "pending";
    case Delivery::Outcome::delivered:
      return "delivered";
    case Delivery::Outcome::failed:
      return "failed";
    case Delivery::Outcome::dropped:
      return "dropped";
  }
  return "unknown";
}

std::span<const std::string_view> webhook_events() { return kEvents; }

Result<std::vector<std::string>> checked_events(const std::vector<std::string>& events) {
  if (events.empty()) return fail(ErrorCode::invalid_data, "The events field is required.", "events");
  for (const auto& event : events) {
    if (std::ranges::find(kEvents, event) == kEvents.end()) {
      return fail(ErrorCode::invalid_data,
                  "The selected events is invalid: they are job.created, job.finished and job.failed.", "events");
    }
  }
  std::vector<std::string> checked;
  for (const auto event : kEvents) {
    if (std::ranges::find(events, event) != events.end()) checked.emplace_back(event);
  }
  return checked;
}

}  // namespace recast::account
