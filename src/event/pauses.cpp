#include "event/pauses.hpp"

#include <fmt/format.h>

#include <charconv>

namespace recast::event {

Result<std::vector<std::chrono::seconds>> read_pauses(const std::vector<std::string>& words, std::string_view field) {
  constexpr std::int64_t kLongest = 86'400;
  std::vector<std::chrono::seconds> pauses;
  for (const auto& word : words) {
    std::int64_t seconds = 0;
    const auto* const last = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data(), last, seconds);
    if (error != std::errc() || end != last || seconds < 0 || seconds > kLongest) {
      return fail(ErrorCode::invalid_data, fmt::format("\"{}\" is no number of seconds up to {}", word, kLongest),
                  std::string(field));
    }
    pauses.emplace_back(seconds);
  }
  return pauses;
}

std::optional<Time> next_attempt(const std::vector<std::chrono::seconds>& pauses, int attempts, Time now) {
  const auto index = static_cast<std::size_t>(attempts - 1);
  return index < pauses.size() ? std::optional(now + pauses[index]) : std::nullopt;
}

}  // namespace recast::event
