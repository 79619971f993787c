#include "net/disposition.hpp"

#include <optional>

#include "base/text.hpp"

namespace recast::net {

namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  void skip_to_parameter() {
    const auto at = rest_.find(';');
    rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at + 1);
  }
  std::string name() {
    const auto at = rest_.find_first_of("=;");
    auto text = lower(trim(rest_.substr(0, at)));
    rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at);
    return text;
  }
  /// The value after "="; nullopt if there is none. Leaves the rest at the next ";".
  std::optional<std::string> value() {
    if (!rest_.starts_with('=')) return std::nullopt;
    rest_.remove_prefix(1);
    rest_ = rest_.substr(std::min(rest_.size(), rest_.find_first_not_of(" \t")));
    if (rest_.starts_with('"')) return quoted();
    const auto at = rest_.find(';');
    std::string text(trim(rest_.substr(0, at)));
    rest_ = at == std::string_view::npos ? std::string_view{} : rest_.substr(at);
    return text;
  }

 private:
  std::string quoted() {
    std::string text;
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != '"'; ++at) {
      // Only quotes and backslashes are unescaped: some servers send Windows paths as they are.
      if (rest_[at] == '\\' && at + 1 < rest_.size() && (rest_[at + 1] == '"' || rest_[at + 1] == '\\')) ++at;
      text += rest_[at];
    }
    rest_ = rest_.substr(std::min(rest_.size(), at));
    return text;
  }
  std::string_view rest_;
};

}  // namespace

std::string disposition_file_name(std::string_view header) {
  std::string plain;
  Reader reader(header);
  // "filename=x" without a disposition type before it is seen in the wild.
  const auto first = lower(trim(header.substr(0, header.find_first_of("=;"))));
  if (first != "filename" && first != "filename*") reader.skip_to_parameter();
  while (!reader.done()) {
    const auto name = reader.name();
    const auto value = reader.value();
    if (value && name == "filename*") {
      if (auto text = decode_extended_value(*value); text && !text->empty()) return *text;
    } else if (value && name == "filename" && plain.empty()) {
      plain = as_utf8(*value);
    }
    reader.skip_to_parameter();
  }
  return plain;
}

}  // namespace recast::net
