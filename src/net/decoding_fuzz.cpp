#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/decoding.hpp"

namespace {

constexpr std::size_t kMost = 1 << 20;
constexpr std::array<std::string_view, 6> kNames{"gzip", "deflate", "br", "zstd", "gzip, zstd", "br, gzip"};

struct Outcome {
  std::string text;
  bool whole = false;
  bool damaged = false;
};

Outcome decode(std::string_view names, std::string_view bytes, std::size_t piece) {
  auto decoding = recast::net::Decoding::of(names);
  Outcome outcome;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    const auto take = [&](std::string_view plain) {
      outcome.text += plain;
      return outcome.text.size() < kMost;
    };
    if (!decoding.feed(part, take)) break;
  }
  outcome.whole = decoding.is_whole();
  outcome.damaged = decoding.is_damaged();
  return outcome;
}

}  // namespace

// A body of a foreign server; the first byte says which encoding. What comes out does not depend on how it arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto names = kNames[data[0] % kNames.size()];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto at_once = decode(names, bytes, bytes.size());
  const auto in_pieces = decode(names, bytes, 1 + size % 7);
  if (at_once.text.size() >= kMost || in_pieces.text.size() >= kMost) return 0;
  if (at_once.damaged != in_pieces.damaged) std::abort();
  if (at_once.damaged) return 0;
  if (at_once.text != in_pieces.text || at_once.whole != in_pieces.whole) std::abort();
  return 0;
}
