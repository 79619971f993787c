#include "assignments.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

namespace recast::cli {

namespace {

boost::json::value value_of(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return boost::json::value(text.substr(1, text.size() - 2));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) return number;
  return boost::json::value(text);
}

}  // namespace

Result<boost::json::object> read_assignments(const std::vector<std::string>& words, std::string_view flag) {
  boost::json::object options;
  for (const auto& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(ErrorCode::malformed_body, fmt::format("{} wants name=value, not {}.", flag, word));
    options[word.substr(0, equals)] = value_of(std::string_view(word).substr(equals + 1));
  }
  return options;
}

}  // namespace recast::cli
