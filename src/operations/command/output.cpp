#include "operations/command/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.hpp"

namespace recast::operations::command {

namespace {

/// Libgcrypt's, which a library of ffmpeg loads: no memory may be locked in the jail. It would stand before ffprobe's
/// JSON.
constexpr std::string_view kOfTheJail = "Warning: using insecure memory!";

/// "00:01:02.50" in seconds, if the text begins with such a time.
std::optional<double> clock_time(std::string_view text) {
  double seconds = 0;
  for (int part = 0; part < 3; ++part) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0) return std::nullopt;
    seconds = seconds * 60 + value;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (part < 2) {
      if (!text.starts_with(':')) return std::nullopt;
      text.remove_prefix(1);
    }
  }
  return seconds;
}

std::optional<double> time_after(std::string_view line, std::string_view word) {
  const auto at = line.find(word);
  return at == std::string_view::npos ? std::nullopt : clock_time(line.substr(at + word.size()));
}

}  // namespace

std::string clean(std::string_view printed) {
  std::string result;
  for (const auto line : split(printed, '\n')) {
    if (line == kOfTheJail) continue;
    auto last = line;
    while (last.ends_with('\r')) last.remove_suffix(1);
    if (const auto over = last.rfind('\r'); over != std::string_view::npos) last.remove_prefix(over + 1);
    for (const char c : last) {
      if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') result += c;
    }
    result += '\n';
  }
  if (result.ends_with('\n')) result.pop_back();  // split() gives an empty piece after the last line's end
  return as_utf8(std::move(result));
}

std::string why(std::string_view command, const engine::StepEnd& end) {
  constexpr std::size_t kLines = 3, kLongest = 500;
  if (end.signal != 0) return fmt::format("{} ended by signal {}.", command, end.signal);
  const auto text = clean(end.output);
  std::vector<std::string_view> last;
  for (const auto line : split(text, '\n')) {
    if (trim(line).empty()) continue;
    last.push_back(trim(line));
    if (last.size() > kLines) last.erase(last.begin());
  }
  std::string message;
  for (const auto line : last) message += (message.empty() ? "" : "; ") + std::string(line);
  if (message.empty()) return fmt::format("{} ended with status {}.", command, end.exit_code);
  if (message.size() > kLongest) {
    auto cut = message.size() - kLongest;
    while (cut < message.size() && (static_cast<unsigned char>(message[cut]) & 0xc0U) == 0x80) ++cut;
    message = "…" + message.substr(cut);
  }
  return message;
}

std::string below_output(std::string_view path) {
  constexpr std::string_view kFolder = "/out/";
  const auto at = path.find(kFolder);
  return std::string(at == std::string_view::npos ? path : path.substr(at + kFolder.size()));
}

std::optional<int> Progress::operator()(std::string_view line) const {
  if (const auto all = time_after(line, "Duration: ")) *duration_ = std::max(*duration_, *all);
  const auto now = time_after(line, "time=");
  if (!now || *duration_ <= 0) return std::nullopt;
  return static_cast<int>(std::min(100.0, 100 * *now / *duration_));
}

}  // namespace recast::operations::command
