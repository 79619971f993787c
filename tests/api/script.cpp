#include "script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace recast::api_test {

namespace {

bool is_header(std::string_view line) {
  const auto colon = line.find(": ");
  return colon != std::string_view::npos && colon > 0 && std::ranges::all_of(line.substr(0, colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// The colon between subject and pattern; brackets of the subject may hold others.
std::size_t separator(std::string_view line) {
  int depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '[') ++depth;
    if (line[i] == ']') --depth;
    if (line[i] == ':' && depth == 0) return i;
  }
  return std::string_view::npos;
}

class Parser {
 public:
  Result<std::vector<Step>> parse(std::string_view text) {
    for (const auto line : split(text, '\n')) {
      ++line_;
      if (const auto status = take(line); !status) return std::unexpected(status.error());
    }
    if (place_ == Place::head || place_ == Place::body) return wrong("a request has no status line");
    return std::move(steps_);
  }

 private:
  enum class Place { between, head, body, expectations };

  Result<> take(std::string_view line) {
    switch (place_) {
      case Place::between:
        return begin(line);
      case Place::head:
        if (is_header(line)) {
          const auto colon = line.find(": ");
          steps_.back().headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
          return {};
        }
        place_ = Place::body;
        [[fallthrough]];
      case Place::body:
        return take_body(line);
      case Place::expectations:
        return expect(line);
    }
    return {};
  }

  Result<> begin(std::string_view line) {
    if (trim(line).empty() || line.starts_with('#')) return {};
    Step step;
    step.line = line_;
    for (const auto word : split(line, ' ')) {
      if (!word.empty()) step.words.emplace_back(word);
    }
    if (step.words.size() < 2) return wrong("a request line has a verb and a target");
    steps_.push_back(std::move(step));
    place_ = Place::head;
    return {};
  }

  Result<> take_body(std::string_view line) {
    auto& step = steps_.back();
    if (!line.starts_with("---- ")) {
      step.body.append(line).append("\n");
      return {};
    }
    if (step.body.ends_with('\n')) step.body.pop_back();
    step.status = trim(line.substr(5));
    place_ = Place::expectations;
    return {};
  }

  Result<> expect(std::string_view line) {
    if (trim(line).empty()) {
      place_ = Place::between;
      return {};
    }
    if (line.starts_with('#')) return {};
    const auto colon = separator(line);
    if (colon == std::string_view::npos) return wrong("an expectation is `subject: pattern`");
    steps_.back().expectations.push_back(
        {line_, std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1)))});
    return {};
  }

  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorCode::invalid_data, fmt::format("line {}: {}", line_, what));
  }

  int line_ = 0;
  Place place_ = Place::between;
  std::vector<Step> steps_;
};

}  // namespace

Result<std::vector<Step>> parse_script(std::string_view text) { return Parser().parse(text); }

Result<std::string> substitute(std::string_view text, const Values& values) {
  std::string out;
  while (true) {
    const auto open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = text.find("}}", open);
    // JSON ends several objects at once: only a plain word in between is a name.
    const auto name = text.substr(open + 2, close == std::string_view::npos ? 0 : close - open - 2);
    const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!is_name) {
      out += "{{";
      text.remove_prefix(open + 2);
      continue;
    }
    const auto value = values.find(std::string(name));
    if (value == values.end()) return fail(ErrorCode::invalid_data, fmt::format("nothing is called {}", name));
    out += value->second;
    text.remove_prefix(close + 2);
  }
}

}  // namespace recast::api_test
