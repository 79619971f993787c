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

std::string without_secrets(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  auto rest = url.substr(begin);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const auto host_end = rest.find('/');
  const auto at = rest.substr(0, host_end).rfind('@');
  if (at != std::string_view::npos) rest.remove_prefix(at + 1);
  return std::string(url.substr(0, begin)) + std::string(rest);
}

std::string place_of(std::string_view url) {
  auto place = without_secrets(url);
  const auto scheme = place.find("://");
  const auto path = place.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  return path == std::string::npos ? place : place.substr(0, path);
}

}  // namespace recast::account
