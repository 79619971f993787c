#include "schema/present.hpp"

#include <algorithm>

#include "schema/parse.hpp"

namespace recast::schema {

namespace {

template <class Value>
Result<> check_as(const json::value& value, const FieldInfo& field) {
  Rules rules;  // not `required`: blanks are what is missing yet
  rules.min = field.min.value_or(rules.min);
  rules.max = field.max.value_or(rules.max);
  Value read{};
  return detail::read(value, field, rules, read);
}

}  // namespace

bool is_called(const FieldInfo& field, std::string_view name) {
  return field.name == name || std::ranges::find(field.aliases, name) != field.aliases.end();
}

Result<> check_field(const FieldInfo& field, const json::object& object) {
  const auto* const value = detail::lookup(object, field);
  if (value == nullptr) return {};
  switch (field.type) {
    case Type::string:
    case Type::enumeration:
      return check_as<std::string>(*value, field);
    case Type::boolean:
      return check_as<bool>(*value, field);
    case Type::integer:
      return check_as<std::int64_t>(*value, field);
    case Type::floating:
      return check_as<double>(*value, field);
    case Type::list:
      return check_as<std::vector<std::string>>(*value, field);
    case Type::dictionary:
      return check_as<std::map<std::string, std::string>>(*value, field);
  }
  return {};
}

Result<> check_present(std::span<const FieldInfo> fields, const json::object& object) {
  for (const auto& field : fields) RECAST_CHECK(check_field(field, object));
  return {};
}

}  // namespace recast::schema
