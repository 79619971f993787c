#include "net/pauses.hpp"
#include "net/fields.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace recast::net {

bool is_worth_a_retry(unsigned status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

std::chrono::milliseconds Patience::pause_after(int attempt) const {
  static constexpr std::array<int, 3> factors{1, 4, 10};
  static thread_local std::minstd_rand generator{std::random_device{}()};
  const auto factor = factors[static_cast<std::size_t>(std::clamp(attempt, 1, 3) - 1)];
  const double jitter = std::uniform_real_distribution<double>(0.75, 1.25)(generator);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(first_pause.count() * factor) * jitter));
}

std::chrono::milliseconds pause_after(int attempt, const Settings& settings, std::string_view retry_after) {
  Patience patience;
  patience.first_pause = std::chrono::milliseconds(settings.retry_milliseconds);
  const auto own = patience.pause_after(attempt);
  const auto seconds = whole_number(retry_after);
  if (!seconds) return own;
  return std::max<std::chrono::milliseconds>(own, std::chrono::seconds(std::min<std::uint64_t>(*seconds, 60)));
}

}  // namespace recast::net
