#pragma once

#include <chrono>
#include <string_view>

#include "net/policy.hpp"

namespace recast::net {

/// Whether a status says that the same request may succeed later (import-export.md 2.9).
bool is_worth_a_retry(unsigned status);

/// The pause after the `attempt`th attempt, counted from 1, with its jitter; longer if the server's Retry-After header
/// (seconds, up to 60) says so.
std::chrono::milliseconds pause_after(int attempt, const Settings& settings, std::string_view retry_after);

}  // namespace recast::net
