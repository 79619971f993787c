#include "engines/archivetool/worker/names.hpp"

#include <iconv.h>

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::engines::archivetool {

namespace {

struct ConverterTraits {
  using type = iconv_t;
  static type invalid() { return reinterpret_cast<iconv_t>(-1); }
  static void close(type converter) { ::iconv_close(converter); }
};

class CodePage {
 public:
  explicit CodePage(const char* name) : converter_(::iconv_open("UTF-8", name)) {}

  /// nullopt if there is a character that the code page does not have.
  std::optional<std::string> decode(std::string_view bytes) const {
    if (!converter_) return std::nullopt;
    ::iconv(converter_.get(), nullptr, nullptr, nullptr, nullptr);
    std::string text(bytes.size() * 4, '\0');
    auto* in = const_cast<char*>(bytes.data());
    auto* out = text.data();
    auto in_left = bytes.size();
    auto out_left = text.size();
    if (::iconv(converter_.get(), &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1)) return std::nullopt;
    text.resize(text.size() - out_left);
    return text;
  }

 private:
  UniqueHandle<ConverterTraits> converter_;
};

const CodePage& dos() {
  static const CodePage page("CP437");
  return page;
}

const CodePage& japanese() {
  static const CodePage page("CP932");
  return page;
}

struct Pair {
  unsigned lead, trail;
  bool valid() const { return trail >= 0x40 && trail <= 0xFC && trail != 0x7F; }
  bool kana() const { return (lead == 0x82 && trail >= 0x9F) || (lead == 0x83 && trail <= 0x96); }
  /// Punctuation, letters of full width, kana, and the kanji of every day.
  bool common() const { return (lead >= 0x81 && lead <= 0x84) || (lead >= 0x88 && lead <= 0x97); }
};

bool is_lead(unsigned byte) { return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC); }

}  // namespace

bool reads_as_japanese(std::string_view bytes) {
  std::size_t kana = 0, row = 0, longest_row = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (byte < 0x80) {
      row = 0;
      continue;
    }
    if (!is_lead(byte) || at + 1 == bytes.size())
      return false;  // half-width kana, too: rare in names, common elsewhere
    const Pair pair{byte, static_cast<unsigned char>(bytes[++at])};
    if (!pair.valid()) return false;
    if (pair.kana()) ++kana;
    row = pair.common() ? row + 1 : 0;
    longest_row = std::max(longest_row, row);
  }
  return kana > 0 || longest_row >= 2;
}

std::string to_utf8(std::string_view bytes, Legacy legacy) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  if (reads_as_japanese(bytes)) {
    if (auto text = japanese().decode(bytes)) return *std::move(text);
  }
  if (legacy == Legacy::dos) {
    if (auto text = dos().decode(bytes)) return *std::move(text);
  }
  return as_utf8(std::string(bytes));
}

void load_code_pages() {
  (void)dos().decode("\x81");
  (void)japanese().decode("\x82\xa0");
}

// Goes back to the last star only, so the work is bounded by the product of both lengths.
bool matches_pattern(std::string_view pattern, std::string_view path) {
  const auto name = pattern.contains('/') ? path : path.substr(path.rfind('/') + 1);
  std::size_t at = 0, in = 0;
  std::optional<std::size_t> star;
  std::size_t resume = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = in;
    } else if (at < pattern.size() && (pattern[at] == '?' || pattern[at] == name[in])) {
      ++at, ++in;
      // One character, not one byte of it.
      while (pattern[at - 1] == '?' && in < name.size() && (static_cast<unsigned char>(name[in]) & 0xC0U) == 0x80) ++in;
    } else if (star) {
      at = *star + 1;
      in = ++resume;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

bool stays_inside(std::string_view path, std::string_view target) {
  if (target.empty() || target.starts_with('/') || target.find_first_of("\\:") != std::string_view::npos) return false;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::ranges::any_of(target, control)) return false;
  auto depth = static_cast<std::ptrdiff_t>(split(path, '/').size()) - 1;
  for (const auto part : split(target, '/')) {
    if (part == "..") --depth;
    if (depth < 0) return false;
    if (!part.empty() && part != "." && part != "..") ++depth;
  }
  return true;
}

}  // namespace recast::engines::archivetool
