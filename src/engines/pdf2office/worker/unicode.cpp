#include "engines/pdf2office/worker/unicode.hpp"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace recast::engines::pdf2office {

namespace {
constexpr char32_t kReplacement = 0xFFFD;

utf8proc_category_t category(char32_t letter) { return utf8proc_category(static_cast<utf8proc_int32_t>(letter)); }
}  // namespace

std::u32string decode(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t letter = 0;
    auto used = utf8proc_iterate(at, left, &letter);
    if (used <= 0) {
      used = 1;
      letter = static_cast<utf8proc_int32_t>(kReplacement);
    }
    result.push_back(static_cast<char32_t>(letter));
    at += used;
    left -= used;
  }
  return result;
}

void append(std::string& text, char32_t letter) {
  utf8proc_uint8_t bytes[4];
  const auto count = utf8proc_encode_char(static_cast<utf8proc_int32_t>(letter), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

std::string encode(std::u32string_view text) {
  std::string result;
  for (const auto letter : text) append(result, letter);
  return result;
}

std::size_t length(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

bool is_space(char32_t letter) {
  if (letter <= 0x20) return letter == 0x20 || (letter >= 0x09 && letter <= 0x0D) || letter >= 0x1C;
  const auto kind = category(letter);
  return letter == 0x85 || kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL || kind == UTF8PROC_CATEGORY_ZP;
}

bool is_letter(char32_t letter) {
  const auto kind = category(letter);
  return kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;
}

bool is_lower(char32_t letter) { return category(letter) == UTF8PROC_CATEGORY_LL; }

bool is_decimal(char32_t letter) {
  if (letter < 0x80) return letter >= '0' && letter <= '9';
  return category(letter) == UTF8PROC_CATEGORY_ND;
}

bool is_right_to_left(char32_t letter) {
  return (letter >= 0x0590 && letter <= 0x08FF) || (letter >= 0xFB1D && letter <= 0xFDFF) ||
         (letter >= 0xFE70 && letter <= 0xFEFC);
}

bool is_ideograph(char32_t letter) {
  return (letter >= 0x3000 && letter <= 0x9FFF) || (letter >= 0xFF00 && letter <= 0xFFEF);
}

std::string compatible(std::string_view text) {
  utf8proc_uint8_t* made = nullptr;
  constexpr auto kForm = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  const auto count = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                  static_cast<utf8proc_ssize_t>(text.size()), &made, kForm);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(made, &std::free);
  if (count < 0) return std::string(text);
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(count)};
}

}  // namespace recast::engines::pdf2office
