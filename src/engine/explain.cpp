#include "engine/explain.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace recast::engine {

std::string_view last_line(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  std::string_view last;
  for (const auto line : split(text, '\n')) {
    if (!trim(line).empty()) last = trim(line);
  }
  return last.substr(0, kLongest);
}

Error explain_by(std::initializer_list<Phrase> phrases, const StepEnd& end, std::string_view engine) {
  const auto text = lower(end.errors);
  for (const auto& [words, code, message, field] : phrases) {
    if (text.find(lower(words)) != std::string::npos) return {code, std::string(message), std::string(field)};
  }
  if (text.find("no space left on device") != std::string::npos)
    return {ErrorCode::disk_full, "The server's disk is full.", {}};
  if (const auto line = last_line(end.errors); !line.empty())
    return {ErrorCode::conversion_failed, std::string(line), {}};
  if (end.signal != 0)
    return {ErrorCode::conversion_failed, fmt::format("{} crashed (signal {}).", engine, end.signal), {}};
  return {ErrorCode::conversion_failed, fmt::format("{} ended with status {}.", engine, end.exit_code), {}};
}

}  // namespace recast::engine
