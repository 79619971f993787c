#include "expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/text.hpp"

namespace recast::api_test {

namespace json = boost::json;

namespace {

/// Takes the next step off a path: a name, ["name"] or [number].
std::string next_step(std::string_view& path) {
  if (path.starts_with("[\"")) {
    const auto end = path.find("\"]");
    std::string step(path.substr(2, end - 2));
    path.remove_prefix(std::min(path.size(), end + 2));
    return step;
  }
  if (path.starts_with('[')) {
    const auto end = path.find(']');
    std::string step(path.substr(1, end - 1));
    path.remove_prefix(std::min(path.size(), end + 1));
    return step;
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const auto end = std::min(path.find_first_of(".["), path.size());
  std::string step(path.substr(0, end));
  path.remove_prefix(end);
  return step;
}

bool is_shape(std::string_view text, std::string_view shape) {  // 'x' hex digit, '0' digit, all else itself
  return text.size() == shape.size() && std::ranges::equal(text, shape, [](char c, char s) {
           const bool digit = c >= '0' && c <= '9';
           if (s == '0') return digit;
           return s == 'x' ? digit || (c >= 'a' && c <= 'f') : c == s;
         });
}

bool is_kind(const json::value& value, std::string_view kind) {
  const std::string_view text = value.is_string() ? std::string_view(value.get_string()) : std::string_view();
  if (kind == "<any>") return true;
  if (kind == "<int>") return value.is_int64() || value.is_uint64();
  if (kind == "<string>") return !text.empty();
  if (kind == "<uuid>") return is_shape(text, "xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx");
  if (kind == "<time>") return is_shape(text, "0000-00-00T00:00:00+00:00");
  return false;
}

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::optional<std::string> match(const json::value& value, std::string_view pattern, Values& values) {
  const auto text = text_of(value);
  if (pattern.starts_with('=')) {
    values[std::string(pattern.substr(1))] = text;
    return std::nullopt;
  }
  bool fits = false;
  if (pattern.starts_with('<'))
    fits = is_kind(value, pattern);
  else if (pattern.starts_with('~'))
    fits = text.contains(pattern.substr(1));
  else if (pattern.starts_with("!~"))
    fits = !text.contains(pattern.substr(2));
  else if (pattern.starts_with('^'))
    fits = text.starts_with(pattern.substr(1));
  else if (value.is_string())
    fits = text == pattern || json::serialize(value) == pattern;
  else
    fits = text == pattern;
  if (fits) return std::nullopt;
  return fmt::format("is {}", value.is_string() ? json::serialize(value) : text);
}

std::optional<std::string> check_keys(const json::value& value, std::string_view pattern) {
  std::string keys;
  if (value.is_object()) {
    for (const auto& member : value.get_object()) keys += (keys.empty() ? "" : ",") + std::string(member.key());
  }
  return keys == pattern ? std::nullopt : std::optional("has " + keys);
}

std::optional<std::string> check_size(const json::value& value, std::string_view pattern) {
  const auto size = value.is_array() ? value.get_array().size() : value.is_object() ? value.get_object().size() : 0;
  return std::to_string(size) == pattern ? std::nullopt : std::optional(fmt::format("has {}", size));
}

/// The value of an <input> of a page.
std::optional<std::string> field_of(std::string_view html, std::string_view name) {
  const auto input = html.find(fmt::format(" name=\"{}\"", name));
  if (input == std::string_view::npos) return std::nullopt;
  constexpr std::string_view value = " value=\"";
  const auto begin = html.find(value, input);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto text = html.substr(begin + value.size());
  return std::string(text.substr(0, text.find('"')));
}

/// A parameter of the address that an answer redirects to, in its query or its fragment.
std::optional<std::string> parameter_of(std::string_view location, std::string_view name) {
  for (std::size_t at = location.find_first_of("?#"); at != std::string_view::npos;) {
    const auto end = location.find_first_of("&#", at + 1);
    const auto one = location.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    if (one.substr(0, one.find('=')) == name) return percent_decode(one.substr(std::min(one.size(), name.size() + 1)));
    at = end;
  }
  return std::nullopt;
}

}  // namespace

const json::value* at_path(const json::value& root, std::string_view path) {
  const auto* value = &root;
  while (value != nullptr && !path.empty()) {
    const auto step = next_step(path);
    if (const auto* const object = value->if_object()) {
      value = object->if_contains(step);
      continue;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    const auto* const array = value->if_array();
    value = array != nullptr && error == std::errc() ? array->if_contains(index) : nullptr;
  }
  return value;
}

std::optional<std::string> check(const Expectation& expectation, const Answer& answer, Values& values) {
  const std::string_view subject = expectation.subject;
  const auto pattern = substitute(expectation.pattern, values);
  if (!pattern) return pattern.error().message;
  if (subject == "$body") return match(json::value(answer.body), *pattern, values);
  if (subject == "$reason") return match(json::value(answer.reason), *pattern, values);
  if (subject.starts_with("$field ")) {
    const auto value = field_of(answer.body, subject.substr(7));
    return value ? match(json::value(*value), *pattern, values) : std::optional<std::string>("is no field of the page");
  }
  if (subject.starts_with("$parameter ")) {
    const auto location = answer.headers.find("location");
    const auto value =
        location == answer.headers.end() ? std::nullopt : parameter_of(location->second, subject.substr(11));
    if (value) return match(json::value(*value), *pattern, values);
    return *pattern == "<absent>" ? std::nullopt : std::optional<std::string>("is absent");
  }
  if (subject.starts_with('@')) {
    const auto header = answer.headers.find(lower(subject.substr(1)));
    if (header == answer.headers.end())
      return *pattern == "<absent>" ? std::nullopt : std::optional<std::string>("is absent");
    return match(json::value(header->second), *pattern, values);
  }
  boost::system::error_code error;
  const auto root = json::parse(answer.body, error);
  if (error) return fmt::format("the answer is no JSON: {}", answer.body);
  const auto blank = subject.find(' ');
  const auto of_command = blank == std::string_view::npos ? std::string_view() : subject.substr(blank + 1);
  const auto path = subject.starts_with('$') ? of_command : subject;
  const auto* const value = at_path(root, path);
  if (value == nullptr) return *pattern == "<absent>" ? std::nullopt : std::optional<std::string>("is absent");
  if (subject.starts_with("$keys")) return check_keys(*value, *pattern);
  if (subject.starts_with("$size")) return check_size(*value, *pattern);
  return match(*value, *pattern, values);
}

}  // namespace recast::api_test
