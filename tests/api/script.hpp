#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace recast::api_test {

/// One line below `---- STATUS`: what is looked at, and what it has to be. README.md beside this file has the forms.
struct Expectation {
  int line = 0;
  std::string subject;
  std::string pattern;
};

struct Step {
  int line = 0;
  std::vector<std::string> words;  ///< of the request line: verb, target, more for UPLOAD
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string status;  ///< a number, or "gone" where no answer can come
  std::vector<Expectation> expectations;
};

/// Steps of a script, in order. invalid_data with the line for text that is no script.
Result<std::vector<Step>> parse_script(std::string_view text);

using Values = std::map<std::string, std::string>;
/// Replaces {{name}}. invalid_data for a name without a value.
Result<std::string> substitute(std::string_view text, const Values& values);

}  // namespace recast::api_test
