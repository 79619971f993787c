#include "schema/parse.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace recast::schema {

std::string_view type_name(Type type) {
  switch (type) {
    case Type::string:
      return "string";
    case Type::boolean:
      return "boolean";
    case Type::integer:
      return "integer";
    case Type::floating:
      return "float";
    case Type::enumeration:
      return "enum";
    case Type::list:
      return "array";
    case Type::dictionary:
      return "dictionary";
  }
  return "string";
}

namespace detail {

namespace {

std::unexpected<Error> wrong(const FieldInfo& info, std::string message) {
  return fail(ErrorCode::invalid_data, std::move(message), info.name);
}

/// The decimal number a string holds, whole and finite.
std::optional<double> number_in(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  if (value.is_double() && std::isfinite(value.get_double())) return value.get_double();
  if (value.is_string()) return number_in(value.get_string());
  return std::nullopt;
}

Result<> check_range(double value, const FieldInfo& info, const Rules& rules) {
  if (value < rules.min) return wrong(info, fmt::format("The {} must be at least {}.", info.name, rules.min));
  if (value > rules.max) return wrong(info, fmt::format("The {} must not be greater than {}.", info.name, rules.max));
  return {};
}

/// What a member of a string map may hold: text, or a number or boolean as its JSON text.
std::optional<std::string> scalar_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double()) return fmt::format("{}", value.get_double());  // Boost would write 1.5 as 1.5E0
  if (value.is_bool() || value.is_number()) return json::serialize(value);
  return std::nullopt;
}

}  // namespace

Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, std::string& out) {
  const auto text = scalar_text(value);
  if (!text) return wrong(info, fmt::format("The {} must be a string.", info.name));
  out = rules.verbatim ? *text : std::string(trim(*text));
  if (out.empty() && rules.required) return missing(info);
  if (info.values.empty() || out.empty()) return {};
  for (const auto& word : info.values) {
    if (equal_ignoring_case(word, out)) {
      out = word;
      return {};
    }
  }
  return wrong(
      info, fmt::format("The selected {} is invalid; it must be one of {}.", info.name, fmt::join(info.values, ", ")));
}

Result<> read(const json::value& value, const FieldInfo& info, const Rules&, bool& out) {
  if (value.is_bool()) {
    out = value.get_bool();
    return {};
  }
  if (const auto number = number_of(value); number && (*number == 0 || *number == 1)) {
    out = *number == 1;
    return {};
  }
  if (value.is_string()) {
    const auto text = lower(trim(value.get_string()));
    if (text == "true" || text == "false") {
      out = text == "true";
      return {};
    }
  }
  return wrong(info, fmt::format("The {} field must be true or false.", info.name));
}

Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, std::int64_t& out) {
  const auto number = number_of(value);
  if (!number || *number != std::floor(*number) || std::abs(*number) > 9.007199254740992e15) {
    return wrong(info, fmt::format("The {} must be an integer.", info.name));
  }
  RECAST_CHECK(check_range(*number, info, rules));
  out = static_cast<std::int64_t>(*number);
  return {};
}

Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, double& out) {
  const auto number = number_of(value);
  if (!number) return wrong(info, fmt::format("The {} must be a number.", info.name));
  RECAST_CHECK(check_range(*number, info, rules));
  out = *number;
  return {};
}

Result<> read(const json::value& value, const FieldInfo& info, const Rules&, std::vector<std::string>& out) {
  if (const auto text = scalar_text(value)) {
    out = {*text};
    return {};
  }
  if (!value.is_array()) return wrong(info, fmt::format("The {} must be a string or an array of strings.", info.name));
  out.clear();
  for (const auto& item : value.get_array()) {
    const auto text = scalar_text(item);
    if (!text) return wrong(info, fmt::format("The {} must be an array of strings.", info.name));
    out.push_back(*text);
  }
  return {};
}

Result<> read(const json::value& value, const FieldInfo& info, const Rules&, std::map<std::string, std::string>& out) {
  out.clear();
  if (value.is_array() && value.get_array().empty()) return {};  // PHP writes an empty map as []
  if (!value.is_object()) return wrong(info, fmt::format("The {} must be an array.", info.name));
  for (const auto& member : value.get_object()) {
    if (member.value().is_null()) continue;
    const auto text = scalar_text(member.value());
    if (!text)
      return wrong(info, fmt::format("The {}.{} must be a string.", info.name, std::string_view(member.key())));
    out[member.key()] = *text;
  }
  return {};
}

namespace {

/// null, and "" as the service's framework reads it: forms and typed SDKs send it for what is not set. Blanks alone are
/// a text (a separator may be one), but no number, list or word of an enumeration. A secret is kept as it is: the
/// content of import/raw may be empty.
bool is_absent(const json::value& value, const FieldInfo& info) {
  if (value.is_null()) return true;
  if (!value.is_string() || info.secret) return false;
  const std::string_view text = value.get_string();
  return info.type == Type::string ? text.empty() : trim(text).empty();
}

}  // namespace

const json::value* lookup(const json::object& object, const FieldInfo& info) {
  const auto* const value = object.if_contains(info.name);
  if (value != nullptr && !is_absent(*value, info)) return value;
  for (const auto& alias : info.aliases) {
    const auto* const other = object.if_contains(alias);
    if (other != nullptr && !is_absent(*other, info)) return other;
  }
  return nullptr;
}

Result<> missing(const FieldInfo& info) { return wrong(info, fmt::format("The {} field is required.", info.name)); }

FieldInfo describe(std::string_view name, std::string_view doc, const Rules& rules, Type type, json::value fallback) {
  FieldInfo info{.name = std::string(name),
                 .doc = std::string(doc),
                 .type = type,
                 .default_value = std::move(fallback),
                 .required = rules.required,
                 .secret = rules.secret,
                 .min = {},
                 .max = {},
                 .values = {},
                 .aliases = {}};
  if (std::isfinite(rules.min)) info.min = rules.min;
  if (std::isfinite(rules.max)) info.max = rules.max;
  for (const auto word : rules.values) {
    if (!word.empty()) info.values.emplace_back(word);
  }
  for (const auto alias : rules.aliases) {
    if (!alias.empty()) info.aliases.emplace_back(alias);
  }
  return info;
}

}  // namespace detail
}  // namespace recast::schema
