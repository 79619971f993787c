#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "schema/field.hpp"

/// Checks of a part of an object, by its field table as data: what is there has to be right, what is missing may come
/// later. The values are read by the same code as in parse(), so the sentences are the same.
namespace recast::schema {

/// Whether a field is called so, by its name or an alias.
bool is_called(const FieldInfo& field, std::string_view name);

/// invalid_data naming the field if its value in `object` is of the wrong type, no word of its enumeration, or out of
/// range. One that is absent, null or empty is fine, though it be required.
Result<> check_field(const FieldInfo& field, const json::object& object);

/// The first that is wrong ends it. Members without a field are not looked at.
Result<> check_present(std::span<const FieldInfo> fields, const json::object& object);

}  // namespace recast::schema
