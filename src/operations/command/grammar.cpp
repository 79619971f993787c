#include "operations/command/grammar.hpp"

#include <fmt/format.h>

namespace recast::operations::command {

namespace {

/// Where `word` stands in a list of words, a blank or = behind it; npos if it does not.
std::size_t find_word(std::string_view list, std::string_view word) {
  if (word.empty() || word.find_first_of(" =") != std::string_view::npos) return std::string_view::npos;
  for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1)) {
    const auto after = at + word.size();
    const bool ends = after == list.size() || list[after] == ' ' || list[after] == '=';
    if ((at == 0 || list[at - 1] == ' ') && ends) return at;
  }
  return std::string_view::npos;
}

}  // namespace

bool is_listed(std::string_view list, std::string_view word) { return find_word(list, word) != std::string_view::npos; }

std::optional<Value> find_option(std::string_view list, std::string_view name) {
  const auto at = find_word(list, name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto after = at + name.size();
  if (after + 1 >= list.size() || list[after] != '=') return Value::none;
  switch (list[after + 1]) {
    case 'w':
      return Value::word;
    case 't':
      return Value::text;
    case 'i':
      return Value::input;
    case 'o':
      return Value::output;
    default:
      return Value::special;
  }
}

std::unexpected<Error> not_allowed(std::string_view program, std::string_view word) {
  return fail(ErrorCode::invalid_data, fmt::format("{} may not be given {} here.", program, word), "arguments");
}

Result<std::string> read_value(Value kind, std::string_view option, std::string_view value, Paths& paths) {
  switch (kind) {
    case Value::input:
      return paths.input(value);
    case Value::output:
      return paths.output(value);
    case Value::word:
      // A slash is a division or a part of a format, never the begin of a path.
      if (value.starts_with('/') || value.contains("://") || value.contains("..") || value.contains("=/")) {
        return fail(ErrorCode::invalid_data, fmt::format("The value of {} must not name a file: {}", option, value),
                    "arguments");
      }
      break;
    case Value::none:
    case Value::text:
    case Value::special:
      break;
  }
  if (value.starts_with('@')) {
    return fail(ErrorCode::invalid_data, fmt::format("The value of {} must not begin with @.", option), "arguments");
  }
  return std::string(value);
}

}  // namespace recast::operations::command
