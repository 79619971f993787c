#include "operations/command/words.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace recast::operations::command {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> words() {
    std::vector<std::string> found;
    for (;;) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) return found;
      if (found.size() == kMostWords) {
        return fail(ErrorCode::invalid_data, fmt::format("The arguments have more than {} words.", kMostWords),
                    "arguments");
      }
      RECAST_TRY(found.emplace_back(), word());
    }
  }

 private:
  Result<std::string> word() {
    std::string result;
    for (; at_ < text_.size() && !is_blank(text_[at_]); ++at_) {
      const char c = text_[at_];
      if (c == '\'' || c == '"') {
        RECAST_CHECK(quoted(c, result));
      } else if (c == '\\') {
        if (++at_ == text_.size())
          return fail(ErrorCode::invalid_data, "The arguments end with a backslash.", "arguments");
        result += text_[at_];
      } else {
        result += c;
      }
    }
    return result;
  }

  /// From the opening quote to the closing one.
  Result<> quoted(char quote, std::string& result) {
    while (++at_ < text_.size()) {
      const char c = text_[at_];
      if (c == quote) return {};
      const bool escaped =
          quote == '"' && c == '\\' && at_ + 1 < text_.size() && std::string_view("\"\\$`").contains(text_[at_ + 1]);
      result += escaped ? text_[++at_] : c;
    }
    return fail(ErrorCode::invalid_data, fmt::format("A {} in the arguments has no end.", quote), "arguments");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view text) {
  if (text.size() > kLongestArguments) {
    return fail(ErrorCode::invalid_data, fmt::format("The arguments are longer than {} bytes.", kLongestArguments),
                "arguments");
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && !is_blank(c)) || byte == 0x7F)
      return fail(ErrorCode::invalid_data, "The arguments hold a control character.", "arguments");
  }
  if (!is_valid_utf8(text)) return fail(ErrorCode::invalid_data, "The arguments are not UTF-8.", "arguments");
  return Splitter(text).words();
}

}  // namespace recast::operations::command
