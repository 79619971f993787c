#include "net/disposition.hpp"

#include <optional>

#include "base/text.hpp"

namespace recast::net {

namespace {

/// Bytes that are no UTF-8 are taken for ISO-8859-1, which is what such servers mean.
std::string as_utf8(std::string text) {
  if (is_valid_utf8(text)) return text;
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += static_cast<char>(0xc0 | (byte >> 6));
      result += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return result;
}

/// `UTF-8''na%C3%AFve.pdf`
std::optional<std::string> extended_value(std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto charset = lower(trim(value.substr(0, first)));
  if (charset != "utf-8" && charset != "iso-8859-1") return std::nullopt;
  auto text = percent_decode(value.substr(second + 1));
  // A Latin-1 text can look like UTF-8 by accident only; its declaration is believed when it does not.
  if (charset == "utf-8" && !is_valid_utf8(text)) return std::nullopt;
  return as_utf8(std::move(text));
}

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
      if (auto text = extended_value(*value); text && !text->empty()) return *text;
    } else if (value && name == "filename" && plain.empty()) {
      plain = as_utf8(*value);
    }
    reader.skip_to_parameter();
  }
  return plain;
}

}  // namespace recast::net
