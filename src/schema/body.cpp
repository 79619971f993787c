#include "schema/body.hpp"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace recast::schema {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxDepth = 64;

/// One open object or array on the way to the value that is being read.
struct Level {
  bool is_object = false;
  std::string key;        ///< of the member being read
  std::size_t index = 0;  ///< of the element being read
  std::set<std::string, std::less<>> keys;
};

/// Builds a json::value from the parser's events and refuses a key that occurs twice in one object, which Boost.JSON's
/// own handler would let pass silently.
class Handler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Code = json::error_code;
  using Text = json::string_view;

  Handler() { stack_.reset(); }

  json::value release() { return stack_.release(); }
  const std::string& duplicate() const { return duplicate_; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(true); }
  bool on_object_end(std::size_t count, Code&) {
    stack_.push_object(count);
    return close();
  }
  bool on_array_begin(Code&) { return open(false); }
  bool on_array_end(std::size_t count, Code&) {
    stack_.push_array(count);
    return close();
  }
  bool on_key_part(Text text, std::size_t, Code&) {
    part_.append(text);
    stack_.push_chars(text);
    return true;
  }
  bool on_key(Text text, std::size_t, Code& code) {
    part_.append(text);
    stack_.push_key(text);
    auto& level = levels_.back();
    level.key = std::exchange(part_, {});
    if (level.keys.insert(level.key).second) return true;
    duplicate_ = path();
    code = json::error::exception;  // only to stop the parser; the caller looks at duplicate()
    return false;
  }
  bool on_string_part(Text text, std::size_t, Code&) {
    stack_.push_chars(text);
    return true;
  }
  bool on_string(Text text, std::size_t, Code&) {
    stack_.push_string(text);
    return done();
  }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t value, Text, Code&) {
    stack_.push_int64(value);
    return done();
  }
  bool on_uint64(std::uint64_t value, Text, Code&) {
    stack_.push_uint64(value);
    return done();
  }
  bool on_double(double value, Text, Code& code) {
    if (!std::isfinite(value)) {  // Boost.JSON would write it as Infinity, which is no JSON
      code = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(value);
    return done();
  }
  bool on_bool(bool value, Code&) {
    stack_.push_bool(value);
    return done();
  }
  bool on_null(Code&) {
    stack_.push_null();
    return done();
  }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

 private:
  bool open(bool is_object) {
    levels_.emplace_back().is_object = is_object;
    return true;
  }
  bool close() {
    levels_.pop_back();
    return done();
  }
  /// A value is complete: the next one of the enclosing array has the next index.
  bool done() {
    if (!levels_.empty()) ++levels_.back().index;
    return true;
  }
  std::string path() const {
    std::string path;
    for (const auto& level : levels_) {
      if (!path.empty()) path += '.';
      path += level.is_object ? level.key : std::to_string(level.index);
    }
    return path;
  }

  json::value_stack stack_;
  std::vector<Level> levels_;
  std::string part_;
  std::string duplicate_;
};

std::unexpected<Error> malformed(std::string_view what, std::size_t position) {
  return fail(ErrorCode::malformed_body,
              fmt::format("The request body is not valid JSON: {} at byte {}.", what, position));
}

}  // namespace

Result<json::object> parse_body(std::string_view text) {
  if (trim(text).empty()) return json::object();
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Handler> parser(options);
  json::error_code code;
  const auto used = parser.write_some(false, text.data(), text.size(), code);
  if (!parser.handler().duplicate().empty()) {
    const auto& field = parser.handler().duplicate();
    return fail(ErrorCode::invalid_data, fmt::format("The {} field occurs more than once.", field), field);
  }
  if (code) return malformed(code.message(), used);
  if (const auto rest = text.substr(used); !trim(rest).empty()) {
    return malformed("unexpected text after the end", used + (rest.size() - trim(rest).size()));
  }
  auto value = parser.handler().release();
  // PHP's json_encode writes an empty map as [].
  if (value.is_array() && value.get_array().empty()) return json::object();
  if (!value.is_object()) return fail(ErrorCode::malformed_body, "The request body must be a JSON object.");
  return std::move(value.get_object());
}

}  // namespace recast::schema
