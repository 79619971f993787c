#include "engines/ffmpeg/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace recast::engines::ffmpeg {

namespace {

constexpr double kLongest = 1'000'000;  // seconds, eleven days

/// JSON writes 0.5 as 5E-1, so an exponent is a number too.
std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (text.empty() || problem != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  line = trim(line);
  if (!line.starts_with(key)) return std::nullopt;
  return line.substr(key.size());
}

}  // namespace

Result<std::optional<double>> parse_time(std::string_view text, std::string_view field) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  const auto wrong = [&] {
    return fail(ErrorCode::invalid_data, fmt::format("The {} must be a time such as 90 or 00:01:30.500.", field),
                std::string(field));
  };
  const auto parts = split(text, ':');
  if (parts.size() > 3) return wrong();
  double seconds = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = number(parts[i]);
    const bool last = i + 1 == parts.size();
    if (!part || *part < 0 || (!last && *part != std::floor(*part)) || (i > 0 && *part >= 60)) return wrong();
    seconds = seconds * 60 + *part;
  }
  if (seconds > kLongest) return wrong();
  return seconds;
}

void Progress::learn(std::string_view line) const {
  constexpr std::string_view kDuration = "  Duration: ";  // what a file's author says stands further to the right
  if (state_->told || !line.starts_with(kDuration)) return;
  state_->told = true;
  line.remove_prefix(kDuration.size());
  const auto seconds = parse_time(line.substr(0, line.find(',')), "duration");
  if (seconds && *seconds && **seconds > 0) state_->duration = **seconds;
}

std::optional<int> Progress::percent(std::string_view line) const {
  if (value_of(line, "progress=") == "end") return 100;
  const auto value = value_of(line, "out_time_us=");
  if (!value) return std::nullopt;
  const auto position = number(*value);
  const auto start = state_->trim.start.value_or(0);
  auto end = state_->duration;
  if (state_->trim.end) end = end ? std::min(*end, *state_->trim.end) : *state_->trim.end;
  if (!position || !end || *end <= start) return std::nullopt;
  const auto percent = *position / 1e6 / (*end - start) * 100;
  return static_cast<int>(std::clamp(percent, 0.0, 99.0));
}

std::optional<Error> Progress::too_late() const {
  const auto& [start, end, field] = state_->trim;
  if (!start || !state_->duration || *start < *state_->duration) return std::nullopt;
  return Error{
      ErrorCode::invalid_data,
      fmt::format("The {} is at {:.1f} seconds, but the file ends after {:.1f}.", field, *start, *state_->duration),
      std::string(field)};
}

}  // namespace recast::engines::ffmpeg
