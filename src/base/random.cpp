#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace recast {

std::string Random::uuid() {
  std::array<std::byte, 16> bytes{};
  fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[std::to_integer<unsigned>(bytes.at(i) >> 4)];
    text += digits[std::to_integer<unsigned>(bytes.at(i) & std::byte{0x0f})];
  }
  return text;
}

std::string Random::token(std::size_t length) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  while (text.size() < length) {
    std::array<std::byte, 64> bytes{};
    fill(bytes);
    for (const auto byte : bytes) {
      const auto value = std::to_integer<unsigned>(byte);
      // 248 = 4 * 62: larger values would make the first letters likelier.
      if (value < 248 && text.size() < length) text += letters[value % 62];
    }
  }
  return text;
}

void SystemRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) std::abort();  // cannot happen on a kernel this program runs on
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void FakeRandom::fill(std::span<std::byte> bytes) {
  for (auto& byte : bytes) {  // splitmix64
    state_ += 0x9e3779b97f4a7c15ULL;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    byte = static_cast<std::byte>(z ^ (z >> 31));
  }
}

}  // namespace recast
