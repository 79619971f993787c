#include "engines/ffmpeg/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace recast::engines::ffmpeg {

namespace {

constexpr std::size_t kLongestLine = 300;

struct Rule {
  std::string_view words;
  ErrorCode code;
  std::string_view message;
};

// In the order in which they are tried: the cause before what follows from it.
constexpr std::array kRules{
    Rule{"No space left on device", ErrorCode::disk_full, "The disk is full."},
    Rule{"Cannot allocate memory", ErrorCode::memory_limit, "The conversion needs more memory than is allowed."},
    Rule{"Format not on whitelist", ErrorCode::open_failed,
         "The file is a playlist or a script that names other files, or of a kind that is not converted."},
    Rule{"moov atom not found", ErrorCode::open_failed, "The file is cut off or damaged: its index is missing."},
    Rule{"could not find corresponding trex", ErrorCode::open_failed, "The file is damaged: its index is missing."},
    Rule{"EBML header parsing failed", ErrorCode::open_failed, "The file is damaged: its header is not readable."},
    Rule{"Could not find tag for codec", ErrorCode::conversion_failed,
         "The format cannot hold this codec; leave out copy to have it coded anew."},
    Rule{"Could not write header for output file", ErrorCode::conversion_failed,
         "The format cannot hold what the file holds; leave out copy to have it coded anew."},
    Rule{"matches no streams", ErrorCode::conversion_failed, "The file has no picture or sound of the kind asked for."},
    Rule{"does not contain any stream", ErrorCode::conversion_failed,
         "The file has no picture or sound of the kind asked for."},
    Rule{"Invalid data found when processing input", ErrorCode::open_failed,
         "The file is damaged or not what its name says."},
};

/// ffmpeg ends with "Conversion failed!"; the line that says why comes before.
std::string_view telling_line(std::string_view text) {
  std::string_view last;
  for (auto line : split(text, '\n')) {
    line = trim(line);
    // "[vorbis @ 0x55d6b0]": who says it, and where in memory.
    if (line.starts_with('[') && line.contains(" @ 0x"))
      line = trim(line.substr(std::min(line.find(']') + 1, line.size())));
    if (!line.empty() && line != "Conversion failed!") last = line;
  }
  return last.substr(0, kLongestLine);
}

/// The value of a line "name=value" of -progress is a number above zero.
bool is_positive(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return false;
  const auto text = trim(line.substr(name.size()));
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);  // stays 0 for "N/A"
  return value > 0;
}

}  // namespace

std::optional<std::string> Errors::operator()(std::string_view line) {
  // "[mov @ 0x55d6b0] [error] moov atom not found": who says it, how bad it is, what.
  auto rest = line;
  for (auto end = rest.find("] "); rest.starts_with('[') && rest.substr(0, end).contains(" @ 0x");
       end = rest.find("] "))
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
  const auto who = line.substr(0, line.size() - rest.size());
  if (!rest.starts_with('[')) return inside_ ? std::optional<std::string>(line) : std::nullopt;
  inside_ = false;
  constexpr std::string_view kInfo = "[info] ";
  if (rest.starts_with(kInfo)) progress_.learn(rest.substr(kInfo.size()));
  for (const std::string_view level : {"[error] ", "[fatal] ", "[panic] "}) {
    if (!rest.starts_with(level)) continue;
    inside_ = true;
    return std::string(who) + std::string(rest.substr(level.size()));
  }
  return std::nullopt;
}

std::optional<Error> doubt(const engine::StepEnd& end) {
  if (end.output.find("progress=end") == std::string_view::npos) return std::nullopt;  // of ffprobe
  for (const auto line : split(end.output, '\n')) {
    if (is_positive(line, "frame=") || is_positive(line, "out_time_us=")) return std::nullopt;
  }
  return Error{ErrorCode::conversion_failed,
               "Nothing came out: the file has neither picture nor sound, or ends before the time asked for.",
               {}};
}

Error explain(const engine::StepEnd& end) {
  for (const auto& rule : kRules) {
    if (end.errors.find(rule.words) != std::string_view::npos) return {rule.code, std::string(rule.message), {}};
  }
  const auto line = telling_line(end.errors);
  if (!line.empty()) return {ErrorCode::conversion_failed, std::string(line), {}};
  if (end.signal != 0)
    return {ErrorCode::conversion_failed, fmt::format("ffmpeg ended with signal {}", end.signal), {}};
  return {ErrorCode::conversion_failed, fmt::format("ffmpeg ended with status {}", end.exit_code), {}};
}

}  // namespace recast::engines::ffmpeg
