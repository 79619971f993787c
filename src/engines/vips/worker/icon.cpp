#include <algorithm>

#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/bytes.hpp"

namespace recast::engines::vips {

namespace {
constexpr std::size_t kDirectory = 6;
constexpr std::size_t kEntry = 16;
constexpr unsigned char kPngStart[] = {0x89, 'P', 'N', 'G'};
}  // namespace

Result<std::vector<IconEntry>> read_icon_directory(Bytes file) {
  const auto kind = little16(file, 2);
  const std::size_t count = little16(file, 4);
  if (little16(file, 0) != 0 || (kind != 1 && kind != 2) || count == 0 || file.size() < kDirectory + count * kEntry) {
    return fail(ErrorCode::open_failed, "The icon is damaged.");
  }
  std::vector<IconEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = kDirectory + i * kEntry;
    const std::size_t size = little32(file, at + 8);
    const std::size_t offset = little32(file, at + 12);
    if (offset > file.size() || size > file.size() - offset || size < 12) continue;
    IconEntry entry{.data = file.subspan(offset, size)};
    const auto side = [&](std::size_t where) {
      return byte_at(file, where) == 0 ? 256 : static_cast<int>(byte_at(file, where));
    };
    entry.width = side(at);
    entry.height = side(at + 1);
    entry.bits = static_cast<int>(little16(file, at + 6));
    entry.png = std::ranges::equal(entry.data.first(4), kPngStart);
    entries.push_back(entry);
  }
  if (entries.empty()) return fail(ErrorCode::open_failed, "The icon holds no picture.");
  return entries;
}

std::string icon_header(int width, int height, std::size_t size) {
  std::string text;
  put16(text, 0);
  put16(text, 1);
  put16(text, 1);
  text += static_cast<char>(width >= 256 ? 0 : width);
  text += static_cast<char>(height >= 256 ? 0 : height);
  text.append(2, '\0');
  put16(text, 1);
  put16(text, 32);
  put32(text, static_cast<std::uint32_t>(size));
  put32(text, kDirectory + kEntry);
  return text;
}

}  // namespace recast::engines::vips
