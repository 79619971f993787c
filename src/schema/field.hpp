#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Field tables: each option, setting and limit is described once, as a row that names its member, its doc and its
/// bounds. Parser, checks, the operations catalogue, the settings reference and the command line's help read that row.
namespace recast::schema {

namespace json = boost::json;

/// An option of a request: the words of the catalogue (core.md 9).
enum class Type { string, boolean, integer, floating, enumeration, list, dictionary };

/// Bounds and habits of one field. Empty entries of the arrays do not count.
struct Rules {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool required = false;                      ///< must be present and not empty
  bool verbatim = false;                      ///< a string is kept as sent; others are trimmed of surrounding blanks
  bool secret = false;                        ///< hidden in every rendered payload, in --print-config and in logs
  std::array<std::string_view, 40> values{};  ///< the words of an enumeration, the default not among them excepted
  std::array<std::string_view, 4> aliases{};  ///< other names that are accepted
};

template <class Struct, class Member>
struct Field {
  Member Struct::*member;
  std::string_view name;
  std::string_view doc;
  Rules rules;
};

/// One row. The type follows from the member (std::string, bool, integers, double, vector<string>, map<string,string>,
/// or std::optional of one of the first four), the default from the member's initialiser.
template <class Struct, class Member>
constexpr Field<Struct, Member> field(Member Struct::*member, std::string_view name, std::string_view doc,
                                      Rules rules = {}) {
  return {member, name, doc, rules};
}

/// A row as data: what catalogue, help and documentation are made from.
struct FieldInfo {
  std::string name;
  std::string doc;
  Type type = Type::string;
  json::value default_value;  ///< null if there is none
  bool required = false;
  bool secret = false;
  std::optional<double> min;
  std::optional<double> max;
  std::vector<std::string> values;
  std::vector<std::string> aliases;
};

std::string_view type_name(Type type);  ///< "string", "boolean", "integer", "float", "enum", "array", "dictionary"

}  // namespace recast::schema
