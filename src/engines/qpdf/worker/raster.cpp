#include "engines/qpdf/worker/raster.hpp"

#include <jpeglib.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <qpdf/Pl_DCT.hh>
#include <qpdf/Pl_String.hh>

namespace recast::engines::qpdf {

namespace {

constexpr std::size_t kMostPixels = 400'000'000;

bool is_gray(const Raster& raster) {
  constexpr int kMost = 12;  // less is a tint of the scanner's
  for (std::size_t at = 0; at + 2 < raster.pixels.size(); at += 3) {
    const auto [low, high] = std::minmax({raster.pixels[at], raster.pixels[at + 1], raster.pixels[at + 2]});
    if (high - low > kMost) return false;
  }
  return true;
}

class Quality final : public Pl_DCT::CompressConfig {
 public:
  explicit Quality(int quality) : quality_(quality) {}
  void apply(jpeg_compress_struct* config) override {
    jpeg_set_quality(config, quality_, TRUE);
    config->optimize_coding = TRUE;
  }

 private:
  int quality_;
};

/// A file in memory for libtiff.
struct Memory {
  std::string bytes;
  std::size_t position = 0;
};

tmsize_t read_memory(thandle_t handle, void* data, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const auto rest = memory.bytes.size() - std::min(memory.position, memory.bytes.size());
  const auto count = std::min(static_cast<std::size_t>(size), rest);
  std::memcpy(data, memory.bytes.data() + memory.position, count);
  memory.position += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_memory(thandle_t handle, void* data, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(handle);
  const auto count = static_cast<std::size_t>(size);
  if (memory.bytes.size() < memory.position + count) memory.bytes.resize(memory.position + count);
  std::memcpy(memory.bytes.data() + memory.position, data, count);
  memory.position += count;
  return size;
}

toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(handle);
  const toff_t base = whence == SEEK_CUR ? memory.position : whence == SEEK_END ? memory.bytes.size() : 0;
  memory.position = static_cast<std::size_t>(base + offset);
  return memory.position;
}

int close_memory(thandle_t) { return 0; }
toff_t size_of_memory(thandle_t handle) { return static_cast<Memory*>(handle)->bytes.size(); }

std::unexpected<Error> not_encoded() { return fail(ErrorCode::conversion_failed, "A page could not be compressed."); }

}  // namespace

Result<Raster> read_ppm(std::FILE* file) {
  Raster raster;
  int highest = 0;
  if (std::fscanf(file, "P6 %zu %zu %d", &raster.width, &raster.height, &highest) != 3 || std::fgetc(file) == EOF ||
      raster.width == 0 || raster.height == 0)
    return fail(ErrorCode::conversion_failed, "A page could not be drawn.");
  if (raster.width > kMostPixels || raster.height > kMostPixels / raster.width)
    return fail(ErrorCode::memory_limit, "A page is too large to be split.");
  raster.pixels.resize(raster.width * raster.height * 3);
  if (std::fread(raster.pixels.data(), 1, raster.pixels.size(), file) != raster.pixels.size())
    return fail(ErrorCode::conversion_failed, "A page could not be drawn.");
  return raster;
}

std::string encode_jpeg(const Raster& raster, int quality, bool& gray) {
  gray = is_gray(raster);
  std::string result;
  Pl_String buffer("jpeg", nullptr, result);
  Quality config(quality);
  Pl_DCT encoder("dct", &buffer, static_cast<JDIMENSION>(raster.width), static_cast<JDIMENSION>(raster.height),
                 gray ? 1 : 3, gray ? JCS_GRAYSCALE : JCS_RGB, &config);
  std::vector<std::uint8_t> grays;
  if (gray) {
    grays.reserve(raster.width * raster.height);
    for (std::size_t at = 0; at + 2 < raster.pixels.size(); at += 3) grays.push_back(raster.pixels[at + 1]);
  }
  const auto& samples = gray ? grays : raster.pixels;
  encoder.write(samples.data(), samples.size());
  encoder.finish();
  return result;
}

Result<std::string> encode_g4(const Mask& mask) {
  Memory memory;
  TIFF* const tiff = TIFFClientOpen("memory", "w", &memory, &read_memory, &write_memory, &seek_memory, &close_memory,
                                    &size_of_memory, nullptr, nullptr);
  if (tiff == nullptr) return not_encoded();
  const std::unique_ptr<TIFF, void (*)(TIFF*)> closed(tiff, &TIFFClose);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(mask.width));
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(mask.height));
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, static_cast<std::uint32_t>(mask.height));
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
  TIFFSetField(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB);
  const std::size_t line = (mask.width + 7) / 8;
  std::vector<std::uint8_t> packed(line * mask.height);
  for (std::size_t y = 0; y < mask.height; ++y) {
    for (std::size_t x = 0; x < mask.width; ++x) {
      if (mask.at(x, y) != 0) packed[y * line + x / 8] |= static_cast<std::uint8_t>(0x80U >> (x % 8));
    }
  }
  if (TIFFWriteEncodedStrip(tiff, 0, packed.data(), static_cast<tmsize_t>(packed.size())) < 0) return not_encoded();
  std::uint64_t* offsets = nullptr;
  std::uint64_t* counts = nullptr;
  if (TIFFFlushData(tiff) == 0 || TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) == 0 ||
      TIFFGetField(tiff, TIFFTAG_STRIPBYTECOUNTS, &counts) == 0 || offsets[0] + counts[0] > memory.bytes.size())
    return not_encoded();
  return memory.bytes.substr(offsets[0], counts[0]);
}

}  // namespace recast::engines::qpdf
