#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace recast::event {

/// Pauses between attempts as a setting lists them: seconds, up to a day each. invalid_data on `field` for what is no
/// such number.
Result<std::vector<std::chrono::seconds>> read_pauses(const std::vector<std::string>& words, std::string_view field);

/// When the attempt after the `attempts`th is due; nullopt if that was the last.
std::optional<Time> next_attempt(const std::vector<std::chrono::seconds>& pauses, int attempts, Time now);

}  // namespace recast::event
