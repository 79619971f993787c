#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engines/vips/worker/bitmap.hpp"

namespace vips = recast::engines::vips;

namespace {
void require_whole(const recast::Result<vips::Bitmap>& image) {
  if (!image) return;
  const auto pixels = static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height);
  if (image->pixels.size() != pixels * static_cast<std::size_t>(image->bands)) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kPixels = 1'000'000;
  const vips::Bytes bytes(data, size);
  require_whole(vips::read_bmp(bytes, kPixels));
  require_whole(vips::read_tga(bytes, kPixels));
  require_whole(vips::read_icon_bitmap(bytes, kPixels));
  if (const auto entries = vips::read_icon_directory(bytes)) {
    for (const auto& entry : *entries) require_whole(vips::read_icon_bitmap(entry.data, kPixels));
  }
  return 0;
}
