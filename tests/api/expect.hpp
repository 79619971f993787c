#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "script.hpp"

namespace recast::api_test {

struct Answer {
  unsigned status = 0;
  std::string reason;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// The value at "data.tasks[0].id" or `errors["tasks.a.input"][0]`; nullptr if there is none.
const boost::json::value* at_path(const boost::json::value& root, std::string_view path);

/// Checks one line; what is wrong as text, or nothing. `=name` patterns put the value into `values`.
std::optional<std::string> check(const Expectation& expectation, const Answer& answer, Values& values);

}  // namespace recast::api_test
