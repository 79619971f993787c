#include "engines/vips/colour.hpp"

#include <charconv>
#include <string>

namespace recast::engines::vips {

std::optional<std::array<int, 3>> parse_colour(std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::string digits(text);
  if (text.size() == 3) digits = {text[0], text[0], text[1], text[1], text[2], text[2]};
  if (digits.size() != 6) return std::nullopt;
  unsigned value = 0;
  const auto* const end = digits.data() + digits.size();
  if (const auto [stop, problem] = std::from_chars(digits.data(), end, value, 16);
      problem != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return std::array{static_cast<int>(value >> 16), static_cast<int>((value >> 8) & 0xFF),
                    static_cast<int>(value & 0xFF)};
}

}  // namespace recast::engines::vips
