#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace recast::engines::vips {

/// Little-endian numbers at an offset; 0 beyond the end, so that callers check sizes where it matters.
inline std::uint32_t byte_at(std::span<const unsigned char> bytes, std::size_t offset) {
  return offset < bytes.size() ? bytes[offset] : 0U;
}
inline std::uint32_t little16(std::span<const unsigned char> bytes, std::size_t offset) {
  return byte_at(bytes, offset) | (byte_at(bytes, offset + 1) << 8);
}
inline std::uint32_t little32(std::span<const unsigned char> bytes, std::size_t offset) {
  return little16(bytes, offset) | (little16(bytes, offset + 2) << 16);
}
inline void put16(std::string& to, std::uint32_t value) {
  to += static_cast<char>(value & 0xFF);
  to += static_cast<char>((value >> 8) & 0xFF);
}
inline void put32(std::string& to, std::uint32_t value) {
  put16(to, value & 0xFFFF);
  put16(to, value >> 16);
}

}  // namespace recast::engines::vips
