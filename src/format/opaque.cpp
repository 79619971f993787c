#include <algorithm>
#include <array>
#include <cstdint>

#include "format/format.hpp"

namespace recast::format {

namespace {

constexpr auto kNeverTransparent = std::to_array<std::string_view>({"jpg", "ppm", "pgm", "pbm"});

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// Gray or colours without alpha, and no colour that stands for nothing before the pixels begin.
bool is_opaque_png(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr auto kSignature = "\x89PNG\r\n\x1a\n"sv;
  constexpr std::size_t kFrame = 12, kColourType = 8 + 8 + 9;  // length, name and check sum of a chunk
  if (!bytes.starts_with(kSignature) || bytes.size() <= kColourType) return false;
  if (const auto type = bytes[kColourType]; type != 0 && type != 2 && type != 3) return false;
  for (auto at = kSignature.size(); at + 8 <= bytes.size();) {
    const auto name = bytes.substr(at + 4, 4);
    if (name == "IDAT") return true;
    if (name == "tRNS") return false;
    at += kFrame + big_endian(bytes.substr(at));
  }
  return false;  // long texts or profiles stand before what would say so
}

}  // namespace

bool surely_opaque(std::string_view token, std::string_view first_bytes) {
  if (token == "png") return is_opaque_png(first_bytes);
  return std::ranges::find(kNeverTransparent, token) != kNeverTransparent.end();
}

}  // namespace recast::format
