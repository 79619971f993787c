#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "schema/field.hpp"

namespace recast::schema {

namespace detail {

template <class T>
struct Unwrap {
  using type = T;
  static constexpr bool optional = false;
};
template <class T>
struct Unwrap<std::optional<T>> {
  using type = T;
  static constexpr bool optional = true;
};

// One overload per member type; each accepts what processing.md 2.6 and import-export.md 2.1 say clients send.
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, std::string& out);
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, bool& out);
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, std::int64_t& out);
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, double& out);
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules, std::vector<std::string>& out);
Result<> read(const json::value& value, const FieldInfo& info, const Rules& rules,
              std::map<std::string, std::string>& out);

/// The member of `object` that this field is about, by name or alias; nullptr if absent or null.
const json::value* lookup(const json::object& object, const FieldInfo& info);
Result<> missing(const FieldInfo& info);

template <class T>
constexpr Type type_of(const Rules& rules) {
  using U = typename Unwrap<T>::type;
  if constexpr (std::is_same_v<U, bool>)
    return Type::boolean;
  else if constexpr (std::is_integral_v<U>)
    return Type::integer;
  else if constexpr (std::is_floating_point_v<U>)
    return Type::floating;
  else if constexpr (std::is_same_v<U, std::vector<std::string>>)
    return Type::list;
  else if constexpr (std::is_same_v<U, std::map<std::string, std::string>>)
    return Type::dictionary;
  else
    return rules.values[0].empty() ? Type::string : Type::enumeration;
}

template <class T>
json::value to_json(const T& value) {
  if constexpr (Unwrap<T>::optional) {
    return value ? to_json(*value) : json::value(nullptr);
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    json::array items;
    for (const auto& text : value) items.emplace_back(text);
    return items;
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
    json::object object;
    for (const auto& [key, text] : value) object[key] = text;
    return object;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.empty() ? json::value(nullptr) : json::value(value);
  } else {
    return json::value(value);
  }
}

/// A value as it may be shown.
inline json::value shown(json::value value, const Rules& rules) {
  return rules.secret && !value.is_null() ? json::value("(hidden)") : value;
}

FieldInfo describe(std::string_view name, std::string_view doc, const Rules& rules, Type type, json::value fallback);

template <class Member>
Result<> assign(const json::value& value, const FieldInfo& info, const Rules& rules, Member& member) {
  using Value = typename Unwrap<Member>::type;
  if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool> && !std::is_same_v<Value, std::int64_t>) {
    std::int64_t wide = 0;
    RECAST_CHECK(read(value, info, rules, wide));
    if (!std::in_range<Value>(wide)) {
      return fail(ErrorCode::invalid_data, "The " + info.name + " is out of range.", info.name);
    }
    member = static_cast<Value>(wide);
    return {};
  } else {
    Value parsed{};
    RECAST_CHECK(read(value, info, rules, parsed));
    member = std::move(parsed);
    return {};
  }
}

}  // namespace detail

/// The rows of `T::fields` as data.
template <class T>
std::vector<FieldInfo> describe() {
  const T defaults{};
  std::vector<FieldInfo> rows;
  std::apply(
      [&](const auto&... field) {
        (rows.push_back(
             detail::describe(field.name, field.doc, field.rules,
                              detail::type_of<std::remove_cvref_t<decltype(defaults.*(field.member))>>(field.rules),
                              detail::to_json(defaults.*(field.member)))),
         ...);
      },
      T::fields);
  return rows;
}

/// Reads a JSON object into a `T`. Lenient as the real service is: "600" is 600, "true" is true, null is absent,
/// unknown members are ignored (whoever stores a payload keeps the object as it came). The first wrong member ends it:
/// the Error names the field, with a text in the style of the service ("The width must be at least 1.").
template <class T>
Result<T> parse(const json::object& object) {
  T result{};
  Result<> status;
  const auto one = [&](const auto& field) {
    if (!status) return;
    using Member = std::remove_cvref_t<decltype(result.*(field.member))>;
    const auto info =
        detail::describe(field.name, field.doc, field.rules, detail::type_of<Member>(field.rules), nullptr);
    const auto* const value = detail::lookup(object, info);
    if (value != nullptr) {
      status = detail::assign(*value, info, field.rules, result.*(field.member));
    } else if (field.rules.required) {
      status = detail::missing(info);
    }
  };
  std::apply([&](const auto&... field) { (one(field), ...); }, T::fields);
  if (!status) return std::unexpected(std::move(status).error());
  return result;
}

/// The value of every field as JSON, secrets too: what parse() reads back. For a resident worker's request.
template <class T>
json::object to_object(const T& value) {
  json::object object;
  std::apply([&](const auto&... field) { ((object[field.name] = detail::to_json(value.*(field.member))), ...); },
             T::fields);
  return object;
}

/// The value of every field, for printing. Secrets are replaced by "(hidden)", unless there is none.
template <class T>
json::object dump(const T& value) {
  json::object object;
  std::apply(
      [&](const auto&... field) {
        ((object[field.name] = detail::shown(detail::to_json(value.*(field.member)), field.rules)), ...);
      },
      T::fields);
  return object;
}

}  // namespace recast::schema
