#include <algorithm>
#include <array>

#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/bytes.hpp"

namespace recast::engines::vips {

namespace {

constexpr std::size_t kHeader = 18;

std::unexpected<Error> damaged() { return fail(ErrorCode::open_failed, "The TGA image is damaged."); }

using Pixel = std::array<unsigned char, 4>;  // red, green, blue, alpha

/// A pixel or palette entry as it stands in the file. 15 and 16 bits: five a colour; others: blue first.
Pixel decode(Bytes raw, std::size_t offset, std::size_t bits) {
  if (bits == 8) {
    const auto shade = static_cast<unsigned char>(byte_at(raw, offset));
    return {shade, shade, shade, 255};
  }
  if (bits <= 16) {
    const auto value = little16(raw, offset);
    const auto five = [](std::uint32_t part) { return static_cast<unsigned char>((part & 31) * 255 / 31); };
    return {five(value >> 10), five(value >> 5), five(value), 255};
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(byte_at(raw, offset + i)); };
  return {byte(2), byte(1), byte(0), bits == 32 ? byte(3) : static_cast<unsigned char>(255)};
}

struct Head {
  std::uint32_t kind = 0;  // 1 palette, 2 colour, 3 gray; the packed flag is taken off
  bool packed = false;
  std::size_t bits = 0;
  bool from_top = false;
  bool from_right = false;
  std::size_t map_first = 0, map_count = 0, map_bits = 0;
  std::size_t start = 0;  // of the palette
};

Result<Head> read_head(Bytes file) {
  if (file.size() < kHeader) return damaged();
  Head head;
  head.packed = (file[2] & 8) != 0;
  head.kind = file[2] & ~8U;
  head.bits = file[16];
  head.from_top = (file[17] & 0x20) != 0;
  head.from_right = (file[17] & 0x10) != 0;
  head.start = kHeader + file[0];
  if (file[1] == 1) {
    head.map_first = little16(file, 3);
    head.map_count = little16(file, 5);
    head.map_bits = file[7];
  }
  const bool colour = head.bits == 15 || head.bits == 16 || head.bits == 24 || head.bits == 32;
  const bool fits = (head.kind == 1 && (head.bits == 8 || head.bits == 16) && head.map_count > 0 &&
                     head.map_bits >= 15 && head.map_bits <= 32) ||
                    (head.kind == 2 && colour) || (head.kind == 3 && head.bits == 8);
  if (file[1] > 1 || !fits) return damaged();
  return head;
}

}  // namespace

Result<Bitmap> read_tga(Bytes file, std::uint64_t pixel_limit) {
  RECAST_TRY(const auto head, read_head(file));
  Bitmap image{
      .width = static_cast<int>(little16(file, 12)), .height = static_cast<int>(little16(file, 14)), .pixels = {}};
  const auto count = static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height);
  if (count == 0) return damaged();
  if (pixel_limit > 0 && count > pixel_limit)
    return fail(ErrorCode::pixel_limit, "The image has more pixels than allowed.");
  const std::size_t size = (head.bits + 7) / 8;
  const std::size_t entry = (head.map_bits + 7) / 8;
  std::size_t next = head.start + head.map_count * entry;
  if (next > file.size() || count * size > (file.size() - next) * (head.packed ? 128 : 1)) return damaged();
  const auto deepest = head.kind == 1 ? head.map_bits : head.bits;
  image.bands = head.kind == 3 ? 1 : deepest == 32 ? 4 : 3;
  image.pixels.resize(count * static_cast<std::uint64_t>(image.bands));

  std::size_t run = 0;   // pixels left of the packet
  bool repeats = false;  // the packet is one pixel several times
  for (std::uint64_t i = 0; i < count; ++i) {
    if (head.packed && run == 0) {
      if (next >= file.size()) return damaged();
      repeats = (file[next] & 0x80) != 0;
      run = (file[next++] & 0x7FU) + 1;
    }
    if (next + size > file.size()) return damaged();
    Pixel pixel;
    if (head.kind == 1) {
      const std::size_t index = size == 1 ? file[next] : little16(file, next);
      const auto slot = index - std::min(index, head.map_first);
      if (slot >= head.map_count) return damaged();
      pixel = decode(file, head.start + slot * entry, head.map_bits);
    } else {
      pixel = decode(file, next, head.bits);
    }
    if (head.packed) --run;
    if (!head.packed || !repeats || run == 0) next += size;
    const auto width = static_cast<std::uint64_t>(image.width);
    auto x = i % width;
    auto y = i / width;
    if (head.from_right) x = width - 1 - x;
    if (!head.from_top) y = static_cast<std::uint64_t>(image.height) - 1 - y;
    const auto at = (y * width + x) * static_cast<std::uint64_t>(image.bands);
    for (std::size_t band = 0; band < static_cast<std::size_t>(image.bands); ++band)
      image.pixels[at + band] = pixel.at(band);
  }
  return image;
}

std::string tga_header(int width, int height, int bands) {
  std::string text(12, '\0');
  text[2] = static_cast<char>(bands == 1 ? 3 : 2);
  put16(text, static_cast<std::uint32_t>(width));
  put16(text, static_cast<std::uint32_t>(height));
  text += static_cast<char>(bands * 8);
  text += static_cast<char>(0x20 | (bands == 4 ? 8 : 0));  // rows from the top, bits of alpha
  return text;
}

}  // namespace recast::engines::vips
