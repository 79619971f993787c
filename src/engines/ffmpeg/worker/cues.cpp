#include "engines/ffmpeg/worker/cues.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/text.hpp"

namespace recast::engines::ffmpeg {

namespace {

using Milliseconds = std::int64_t;

constexpr std::string_view kArrow = " --> ";
constexpr Milliseconds kThousand = 1000, kMinute = 60 * kThousand, kHour = 60 * kMinute;

/// "01:02:03,456".
std::optional<Milliseconds> time_of(std::string_view text) {
  constexpr Milliseconds most = 1000 * kHour;
  Milliseconds total = 0;
  for (const auto unit : {kHour, kMinute, kThousand, Milliseconds{1}}) {
    std::uint32_t value = 0;
    const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc()) return std::nullopt;
    total += std::min(value * unit, most);
    text.remove_prefix(std::min<std::size_t>(static_cast<std::size_t>(stop - text.data()) + 1, text.size()));
  }
  return total;
}

std::string written(Milliseconds time) {
  return fmt::format("{:02}:{:02}:{:02},{:03}", time / kHour, time / kMinute % 60, time / kThousand % 60,
                     time % kThousand);
}

struct Times {
  Milliseconds from;
  Milliseconds to;
};

std::optional<Times> times_of(std::string_view line) {
  const auto arrow = line.find(kArrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  const auto from = time_of(trim(line.substr(0, arrow))), to = time_of(trim(line.substr(arrow + kArrow.size())));
  if (!from || !to) return std::nullopt;
  return Times{*from, *to};
}

bool is_number(std::string_view line) {
  return !line.empty() && std::ranges::all_of(line, [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

std::string cut_cues(std::string_view subtitles, double start, double end) {
  const auto first = static_cast<Milliseconds>(std::llround(start * kThousand));
  const auto last = static_cast<Milliseconds>(std::llround(end * kThousand));
  std::string result;
  const auto lines = split(subtitles, '\n');
  int number = 0;
  bool shown = false;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    // The number of the next block belongs to its times.
    const bool before_times = at + 1 < lines.size() && is_number(trim(lines[at])) && times_of(lines[at + 1]);
    if (before_times) continue;
    if (const auto times = times_of(lines[at])) {
      const auto from = std::max(times->from, first), to = std::min(times->to, last);
      shown = from < to;
      if (shown) result += fmt::format("{}\n{}{}{}\n", ++number, written(from - first), kArrow, written(to - first));
    } else if (shown) {
      result += std::string(lines[at]) + "\n";
    }
  }
  return result;
}

}  // namespace recast::engines::ffmpeg
