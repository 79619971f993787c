#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/bytes.hpp"

namespace recast::engines::vips {

namespace {

constexpr std::size_t kFileHeader = 14;

std::unexpected<Error> damaged() { return fail(ErrorCode::open_failed, "The bitmap is damaged."); }

enum : std::uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kFields = 3, kAlphaFields = 6 };

struct Mask {
  std::uint32_t bits = 0;

  unsigned char read(std::uint32_t pixel) const {
    if (bits == 0) return 0;
    const auto shift = static_cast<unsigned>(std::countr_zero(bits));
    const std::uint64_t most = bits >> shift;
    return static_cast<unsigned char>(((pixel & bits) >> shift) * 255ULL / most);
  }
};

/// A device-independent bitmap, whether behind the header of a file or inside an icon.
class Dib {
 public:
  /// `dib` begins with its header; `pixels` is an offset in it, 0 if they follow header, masks and palette.
  Dib(Bytes dib, std::size_t pixels, bool icon) : dib_(dib), pixels_(pixels), icon_(icon) {}

  Result<Bitmap> read(std::uint64_t pixel_limit);

 private:
  Result<> read_header(std::uint64_t pixel_limit);
  void read_masks();
  Result<> read_palette();
  Result<> read_rows();
  Result<> read_runs();
  void read_icon_mask(std::size_t offset);
  void put(int x, int y, std::uint32_t raw);
  unsigned char* at(int x, int y) {
    const auto row = static_cast<std::size_t>(top_down_ ? y : image_.height - 1 - y);
    return &image_.pixels[(row * static_cast<std::size_t>(image_.width) + static_cast<std::size_t>(x)) *
                          static_cast<std::size_t>(image_.bands)];
  }
  std::size_t stride(std::uint32_t bits) const { return (static_cast<std::size_t>(image_.width) * bits + 31) / 32 * 4; }

  Bytes dib_;
  std::size_t pixels_;
  bool icon_;
  std::uint32_t header_ = 0;
  std::uint32_t bits_ = 0;
  std::uint32_t compression_ = kPlain;
  bool top_down_ = false;
  std::array<Mask, 4> masks_{};  // red, green, blue, alpha
  std::vector<std::array<unsigned char, 3>> palette_;
  Bitmap image_;
};

Result<> Dib::read_header(std::uint64_t pixel_limit) {
  header_ = little32(dib_, 0);
  const bool old = header_ == 12;
  if ((!old && header_ < 16) || header_ > 124 || dib_.size() < header_) return damaged();
  const auto width = old ? static_cast<std::int64_t>(little16(dib_, 4)) : static_cast<std::int32_t>(little32(dib_, 4));
  auto height = old ? static_cast<std::int64_t>(little16(dib_, 6)) : static_cast<std::int32_t>(little32(dib_, 8));
  bits_ = little16(dib_, old ? 10 : 14);
  if (header_ >= 20) compression_ = little32(dib_, 16);
  top_down_ = height < 0;
  height = std::abs(height);
  if (icon_) height /= 2;  // colours, then the mask
  if (width <= 0 || height <= 0 || width > 0x7FFFFF || height > 0x7FFFFF) return damaged();
  if (pixel_limit > 0 && static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) > pixel_limit) {
    return fail(ErrorCode::pixel_limit, "The image has more pixels than allowed.");
  }
  image_.width = static_cast<int>(width);
  image_.height = static_cast<int>(height);
  const bool packed = (compression_ == kRle8 && bits_ == 8) || (compression_ == kRle4 && bits_ == 4);
  const bool fields = (compression_ == kFields || compression_ == kAlphaFields) && (bits_ == 16 || bits_ == 32);
  const bool known = bits_ == 1 || bits_ == 2 || bits_ == 4 || bits_ == 8 || bits_ == 16 || bits_ == 24 || bits_ == 32;
  if (!known || !(compression_ == kPlain || packed || fields)) {
    return fail(ErrorCode::open_failed, "The bitmap uses a compression that is not supported.");
  }
  return {};
}

void Dib::read_masks() {
  if (bits_ == 16) masks_ = {Mask{0x7C00}, Mask{0x03E0}, Mask{0x001F}, Mask{0}};
  if (bits_ == 32) masks_ = {Mask{0xFF0000}, Mask{0xFF00}, Mask{0xFF}, Mask{icon_ ? 0xFF000000 : 0}};
  if (compression_ != kFields && compression_ != kAlphaFields) return;
  for (std::size_t i = 0; i < 3; ++i) masks_.at(i).bits = little32(dib_, 40 + 4 * i);
  masks_[3].bits = header_ >= 56 || compression_ == kAlphaFields ? little32(dib_, 52) : 0;
}

Result<> Dib::read_palette() {
  std::size_t offset = header_;
  if (header_ == 40 && compression_ == kFields) offset += 12;
  if (header_ == 40 && compression_ == kAlphaFields) offset += 16;
  const std::size_t entry = header_ == 12 ? 3 : 4;
  std::size_t count = header_ >= 36 ? little32(dib_, 32) : 0;
  if (bits_ <= 8 && (count == 0 || count > (1U << bits_))) count = 1U << bits_;
  if (count > 65'536) return damaged();
  if (pixels_ > offset) count = std::min(count, (pixels_ - offset) / entry);
  if (bits_ <= 8) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto color = offset + i * entry;
      if (color + 3 > dib_.size()) return damaged();
      palette_.push_back({dib_[color + 2], dib_[color + 1], dib_[color]});
    }
  }
  if (pixels_ == 0) pixels_ = offset + count * entry;
  return {};
}

void Dib::put(int x, int y, std::uint32_t raw) {
  auto* const pixel = at(x, y);
  if (bits_ <= 8) {
    if (raw < palette_.size()) std::ranges::copy(palette_[raw], pixel);
    if (image_.bands == 4) pixel[3] = 255;
    return;
  }
  for (int band = 0; band < image_.bands; ++band) pixel[band] = masks_.at(static_cast<std::size_t>(band)).read(raw);
}

Result<> Dib::read_rows() {
  const auto row_size = stride(bits_);
  for (int y = 0; y < image_.height; ++y) {
    const auto row = pixels_ + row_size * static_cast<std::size_t>(y);
    if (row + row_size > dib_.size() && row + (static_cast<std::size_t>(image_.width) * bits_ + 7) / 8 > dib_.size()) {
      return damaged();
    }
    for (int x = 0; x < image_.width; ++x) {
      const auto column = static_cast<std::size_t>(x);
      if (bits_ < 8) {
        const auto shift = 8 - bits_ - (column * bits_) % 8;
        put(x, y, (byte_at(dib_, row + column * bits_ / 8) >> shift) & ((1U << bits_) - 1));
      } else if (bits_ == 24) {
        auto* const pixel = at(x, y);
        for (std::size_t band = 0; band < 3; ++band) pixel[band] = dib_[row + column * 3 + 2 - band];
        if (image_.bands == 4) pixel[3] = 255;
      } else {
        const auto offset = row + column * bits_ / 8;
        put(x, y, bits_ == 8 ? byte_at(dib_, offset) : bits_ == 16 ? little16(dib_, offset) : little32(dib_, offset));
      }
    }
  }
  return {};
}

/// RLE4 and RLE8. Pixels that are skipped keep the first colour of the palette.
Result<> Dib::read_runs() {
  for (int y = 0; y < image_.height; ++y) {
    for (int x = 0; x < image_.width; ++x) put(x, y, 0);
  }
  std::size_t next = pixels_;
  int x = 0;
  int y = 0;
  const auto one = [&](std::uint32_t value) {
    if (x < image_.width && y < image_.height) put(x, y, value);
    ++x;
  };
  while (y < image_.height) {
    if (next + 2 > dib_.size()) return damaged();
    const auto count = dib_[next];
    const auto value = dib_[next + 1];
    next += 2;
    if (count > 0) {
      for (int i = 0; i < count; ++i) one(bits_ == 8 ? value : (i % 2 == 0 ? value >> 4 : value & 15));
    } else if (value == 0) {
      x = 0;
      ++y;
    } else if (value == 1) {
      break;
    } else if (value == 2) {
      x += static_cast<int>(byte_at(dib_, next));
      y += static_cast<int>(byte_at(dib_, next + 1));
      next += 2;
    } else {
      const std::size_t length = bits_ == 8 ? value : (value + 1U) / 2;
      if (next + length > dib_.size()) return damaged();
      for (std::size_t i = 0; i < value; ++i) {
        one(bits_ == 8 ? dib_[next + i] : (i % 2 == 0 ? dib_[next + i / 2] >> 4 : dib_[next + i / 2] & 15));
      }
      next += length + length % 2;
    }
  }
  return {};
}

/// The one-bit mask of an icon: set bits are transparent. Only older icons, without alpha, need it.
void Dib::read_icon_mask(std::size_t offset) {
  const auto row_size = stride(1);
  for (int y = 0; y < image_.height; ++y) {
    for (int x = 0; x < image_.width; ++x) {
      const auto column = static_cast<std::size_t>(x);
      const auto bits = byte_at(dib_, offset + row_size * static_cast<std::size_t>(y) + column / 8);
      at(x, y)[3] = ((bits >> (7 - column % 8)) & 1) != 0 ? 0 : 255;
    }
  }
}

Result<Bitmap> Dib::read(std::uint64_t pixel_limit) {
  RECAST_CHECK(read_header(pixel_limit));
  read_masks();
  RECAST_CHECK(read_palette());
  image_.bands = icon_ || masks_[3].bits != 0 ? 4 : 3;
  // Data that is there bounds what is allocated: a header alone must not cost gigabytes.
  const auto pixels = static_cast<std::uint64_t>(image_.width) * static_cast<std::uint64_t>(image_.height);
  const bool packed = compression_ == kRle8 || compression_ == kRle4;
  if (pixels_ > dib_.size() || (!packed && pixels * bits_ / 8 > dib_.size())) return damaged();
  if (packed && pixels > (dib_.size() + 64) * 1024) return damaged();
  image_.pixels.resize(pixels * static_cast<std::uint64_t>(image_.bands));
  RECAST_CHECK(packed ? read_runs() : read_rows());
  const auto alphas = [&](auto wanted) {
    for (std::size_t i = 3; i < image_.pixels.size(); i += 4) {
      if (image_.pixels[i] != wanted) return false;
    }
    return true;
  };
  if (icon_ && (bits_ < 32 || alphas(0)))
    read_icon_mask(pixels_ + stride(bits_) * static_cast<std::size_t>(image_.height));
  // Many writers leave the fourth byte zero although the header claims alpha: such a picture is meant to be seen.
  if (!icon_ && image_.bands == 4 && alphas(0)) {
    for (std::size_t i = 3; i < image_.pixels.size(); i += 4) image_.pixels[i] = 255;
  }
  return std::move(image_);
}

}  // namespace

Result<Bitmap> read_bmp(Bytes file, std::uint64_t pixel_limit) {
  if (file.size() < kFileHeader + 12 || file[0] != 'B' || file[1] != 'M') return damaged();
  const std::size_t pixels = little32(file, 10);
  if (pixels < kFileHeader || pixels > file.size()) return damaged();
  return Dib(file.subspan(kFileHeader), pixels - kFileHeader, false).read(pixel_limit);
}

Result<Bitmap> read_icon_bitmap(Bytes entry, std::uint64_t pixel_limit) {
  return Dib(entry, 0, true).read(pixel_limit);
}

std::string bmp_header(int width, int height, int bands) {
  const bool alpha = bands == 4;
  const std::uint32_t header = alpha ? 108 : 40;
  const auto row = (static_cast<std::uint32_t>(width) * static_cast<std::uint32_t>(bands) + 3) / 4 * 4;
  const std::uint32_t palette = bands == 1 ? 1024 : 0;
  const std::uint32_t start = 14 + header + palette;
  const auto size = row * static_cast<std::uint32_t>(height);
  std::string text = "BM";
  put32(text, start + size);
  put32(text, 0);
  put32(text, start);
  put32(text, header);
  put32(text, static_cast<std::uint32_t>(width));
  put32(text, static_cast<std::uint32_t>(-height));  // rows from the top
  put16(text, 1);
  put16(text, static_cast<std::uint32_t>(bands * 8));
  put32(text, alpha ? kFields : kPlain);
  put32(text, size);
  put32(text, 3780);  // 96 dots per inch
  put32(text, 3780);
  put32(text, 0);
  put32(text, 0);
  if (alpha) {
    for (const auto mask : {0x00FF0000U, 0x0000FF00U, 0x000000FFU, 0xFF000000U, 0x73524742U})
      put32(text, mask);  // last: sRGB
    text.append(48, '\0');
  }
  for (std::uint32_t shade = 0; bands == 1 && shade < 256; ++shade) put32(text, shade * 0x010101U);
  return text;
}

void append_row(std::string& to, std::span<const unsigned char> row, int bands, std::size_t align) {
  const auto start = to.size();
  to.append(row.begin(), row.end());
  const auto step = static_cast<std::size_t>(bands);
  for (auto i = start; step >= 3 && i + 2 < to.size(); i += step) std::swap(to[i], to[i + 2]);
  while ((to.size() - start) % align != 0) to += '\0';
}

}  // namespace recast::engines::vips
