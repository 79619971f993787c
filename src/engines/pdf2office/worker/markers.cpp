#include "engines/pdf2office/worker/markers.hpp"

#include <algorithm>

#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_ascii_letter(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); }
bool is_roman(char letter) { return std::string_view("ivxIVX").find(letter) != std::string_view::npos; }

/// (1.  12)  [3]  b.  iv)
bool is_numbered(std::string_view word, std::size_t longest_roman) {
  constexpr std::size_t kMostDigits = 3;
  if (word.size() > 2 && word.front() == '[' && word.back() == ']') {
    return std::ranges::all_of(word.substr(1, word.size() - 2), &is_digit);
  }
  if (word.starts_with('(')) word.remove_prefix(1);
  if (word.size() < 2 || (word.back() != '.' && word.back() != ')')) return false;
  word.remove_suffix(1);
  if (word.size() <= kMostDigits && std::ranges::all_of(word, &is_digit)) return true;
  if (word.size() == 1 && is_ascii_letter(word.front())) return true;
  return word.size() <= longest_roman && std::ranges::all_of(word, &is_roman);
}

}  // namespace

bool is_bullet_sign(std::string_view word) {
  constexpr std::u32string_view kSigns =
      U"\u2022\u25aa\u25ab\u25e6\u25cf\u25cb\u25a0\u25a1\u2023\u2043\u2219\uf0b7\uf0a7\u00b7\u2756\u27a2\u2713-";
  const auto letters = decode(word);
  return letters.size() == 1 && kSigns.find(letters.front()) != std::u32string_view::npos;
}

bool is_number_marker(std::string_view word) { return is_numbered(word, 5); }

bool is_list_marker(std::string_view text) {
  constexpr std::u32string_view kSigns = U"\u2022\u25aa\u25e6\u2013\u25cf\uf0b7*-";
  const auto letters = decode(text);
  if (letters.size() == 1 && kSigns.find(letters.front()) != std::u32string_view::npos) return true;
  return is_numbered(text, text.size());
}

}  // namespace recast::engines::pdf2office
