#include "engines/vips/worker/writer.hpp"

#include <algorithm>

#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/fault.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VImage;
using ::vips::VOption;

constexpr int kStripRows = 64;

/// The bytes of a saver's buffer, freed with the object.
class Blob {
 public:
  ~Blob() {
    if (blob_ != nullptr) vips_area_unref(VIPS_AREA(blob_));
  }
  VipsBlob** out() { return &blob_; }
  std::string text() const {
    std::size_t size = 0;
    const auto* const bytes = static_cast<const char*>(vips_blob_get(blob_, &size));
    return {bytes, size};
  }

 private:
  VipsBlob* blob_ = nullptr;
};

int quality(const Order& order, int fallback) { return static_cast<int>(order.options.quality.value_or(fallback)); }

struct Saver {
  const char* operation;
  VOption* options;
};

Saver heif(const Order& order, VipsForeignHeifCompression compression) {
  auto* const options = VImage::option()->set("compression", compression)->set("bitdepth", 8);
  // A quality of 50 of either codec looks like 80 of JPEG.
  return {"heifsave_target", options->set("Q", quality(order, 55))->set("lossless", order.options.lossless)};
}

Saver saver(const VImage& image, const Order& order, const Target& target) {
  const auto& options = order.options;
  auto* const set = VImage::option();
  if (target.name == "jpg") {
    set->set("Q", quality(order, 85))->set("optimize_coding", true)->set("interlace", options.progressive);
    return {"jpegsave_target", set};
  }
  if (target.name == "png") {
    return {"pngsave_target", set->set("compression", 6)->set("interlace", options.progressive)};
  }
  if (target.name == "webp") {
    return {"webpsave_target", set->set("Q", quality(order, 82))->set("lossless", options.lossless)};
  }
  if (target.name == "gif") return {"gifsave_target", set};
  if (target.name == "jp2")
    return {"jp2ksave_target", set->set("Q", quality(order, 60))->set("lossless", options.lossless)};
  if (target.name == "jxl") {
    return {"jxlsave_target", set->set("Q", quality(order, 85))->set("lossless", options.lossless)->set("effort", 5)};
  }
  if (target.name == "ppm" || target.name == "pgm") {
    const auto format = target.name == "pgm" ? VIPS_FOREIGN_PPM_FORMAT_PGM : VIPS_FOREIGN_PPM_FORMAT_PPM;
    return {"ppmsave_target", set->set("format", format)};
  }
  if (target.name == "tiff") {
    const bool whole = image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
    set->set("compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW);
    set->set("predictor", whole ? VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL : VIPS_FOREIGN_TIFF_PREDICTOR_NONE);
    return {"tiffsave_target", set};
  }
  delete set;
  if (target.name == "avif") return heif(order, VIPS_FOREIGN_HEIF_COMPRESSION_AV1);
  return heif(order, VIPS_FOREIGN_HEIF_COMPRESSION_HEVC);
}

void write_rows(const VImage& image, Sink& sink, std::size_t align) {
  std::string strip;
  for_each_row(image, [&](std::span<const unsigned char> row) {
    append_row(strip, row, image.bands(), align);
    if (strip.size() > (1U << 20)) {
      sink.write(strip);
      strip.clear();
    }
  });
  sink.write(strip);
}

/// Gray with alpha is not among what BMP and TGA can say.
VImage simple_bands(const VImage& image) {
  return image.bands() == 2 ? image.colourspace(VIPS_INTERPRETATION_sRGB) : image;
}

}  // namespace

void Sink::write(std::string_view bytes) {
  if (vips_target_write(target_.get_target(), bytes.data(), bytes.size()) != 0) throw ::vips::VError();
  written_ += bytes.size();
}

void for_each_row(const VImage& image, const std::function<void(std::span<const unsigned char>)>& row) {
  const auto size = static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(image.bands());
  // One pass from top to bottom: strips are taken in the order the decoder gives them.
  const auto region = image.region();
  for (int top = 0; top < image.height(); top += kStripRows) {
    const int rows = std::min(kStripRows, image.height() - top);
    const VipsRect strip{0, top, image.width(), rows};
    if (vips_region_prepare(region.get_region(), &strip) != 0) throw ::vips::VError();
    for (int y = top; y < top + rows; ++y) row({VIPS_REGION_ADDR(region.get_region(), 0, y), size});
  }
}

std::string to_png(const VImage& image) {
  Blob blob;
  VImage::call(
      "pngsave_buffer",
      VImage::option()->set("in", image)->set("buffer", blob.out())->set("compression", 6)->set("strip", true));
  return blob.text();
}

std::string to_jpg(const VImage& image, int quality) {
  Blob blob;
  VImage::call("jpegsave_buffer", VImage::option()
                                      ->set("in", image)
                                      ->set("buffer", blob.out())
                                      ->set("Q", quality)
                                      ->set("optimize_coding", true)
                                      ->set("strip", true));
  return blob.text();
}

void write_image(VImage image, const Order& order, const Target& target, Sink& sink) {
  if (target.name == "bmp" || target.name == "tga") {
    image = simple_bands(image);
    const bool bmp = target.name == "bmp";
    sink.write(bmp ? bmp_header(image.width(), image.height(), image.bands())
                   : tga_header(image.width(), image.height(), image.bands()));
    write_rows(image, sink, bmp ? 4 : 1);
  } else if (target.name == "ico") {
    const auto png = to_png(image);
    sink.write(icon_header(image.width(), image.height(), png.size()));
    sink.write(png);
  } else {
    const auto [operation, options] = saver(image, order, target);
    // What libvips adds to a PPM is a comment with the time of day.
    options->set("strip", order.options.strip || target.name == "ppm" || target.name == "pgm");
    VImage::call(operation, options->set("in", image)->set("target", sink.target()));
    return;
  }
  if (vips_target_end(sink.target().get_target()) != 0) throw ::vips::VError();
}

}  // namespace recast::engines::vips
