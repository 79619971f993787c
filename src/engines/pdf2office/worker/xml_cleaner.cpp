#include "engines/pdf2office/worker/xml_cleaner.hpp"

#include <charconv>
#include <cstdint>

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kLongestReference = 12;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_allowed(std::uint32_t letter) {
  if (letter < 0x20) return letter == 0x09 || letter == 0x0A || letter == 0x0D;
  if (letter >= 0xD800 && letter <= 0xDFFF) return false;
  return letter <= 0x10FFFF && letter != 0xFFFE && letter != 0xFFFF;
}

std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

/// 0xFFFFFFFF if the bytes are no well-formed UTF-8.
std::uint32_t letter_of(std::string_view bytes) {
  constexpr std::uint32_t kBad = 0xFFFFFFFF;
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto first = static_cast<unsigned char>(bytes.front());
  if (bytes.size() == 1) return first;
  std::uint32_t letter = first & (0xFFU >> (bytes.size() + 1));
  for (const char byte : bytes.substr(1)) {
    const auto value = static_cast<unsigned char>(byte);
    if ((value & 0xC0U) != 0x80U) return kBad;
    letter = (letter << 6U) | (value & 0x3FU);
  }
  return letter < kSmallest[bytes.size()] ? kBad : letter;
}

/// Of "&#60;" or "&#x3c;"; 0 if it is none.
std::uint32_t referred(std::string_view reference) {
  auto digits = reference.substr(2, reference.size() - 3);
  int radix = 10;
  if (digits.starts_with('x')) {
    digits.remove_prefix(1);
    radix = 16;
  }
  std::uint32_t letter = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), letter, radix);
  return error == std::errc() && end == digits.data() + digits.size() ? letter : 0;
}

}  // namespace

/// Bytes used; 0 if more have to come first.
std::size_t XmlCleaner::clean_one(std::string_view rest, bool last, std::string& out) {
  if (rest.front() == '&') {
    const auto end = rest.substr(0, kLongestReference).find(';');
    if (end == std::string_view::npos) {
      if (rest.size() < kLongestReference && !last) return 0;
      out += "&amp;";
      return 1;
    }
    const auto reference = rest.substr(0, end + 1);
    if (!reference.starts_with("&#") || is_allowed(referred(reference))) out += reference;
    return reference.size();
  }
  const auto size = length_of(static_cast<unsigned char>(rest.front()));
  if (size > rest.size() && !last) return 0;
  const auto letter = size == 0 || size > rest.size() ? 0xFFFFFFFF : letter_of(rest.substr(0, size));
  if (letter == 0xFFFFFFFF) {
    out += kReplacement;
    return 1;
  }
  if (is_allowed(letter)) out += rest.substr(0, size);
  return size;
}

void XmlCleaner::clean(bool last, std::string& out) {
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const auto used = clean_one(rest, last, out);
    if (used == 0) break;
    rest.remove_prefix(used);
  }
  waiting_ = std::string(rest);
}

void XmlCleaner::feed(std::string_view piece, std::string& out) {
  waiting_ += piece;
  clean(false, out);
}

void XmlCleaner::finish(std::string& out) { clean(true, out); }

}  // namespace recast::engines::pdf2office
