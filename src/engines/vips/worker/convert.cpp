#include "engines/vips/worker/convert.hpp"

#include <fmt/format.h>

#include <array>

#include "engines/vips/worker/fault.hpp"
#include "engines/vips/worker/pdf.hpp"
#include "engines/vips/worker/source.hpp"
#include "engines/vips/worker/transform.hpp"
#include "engines/vips/worker/writer.hpp"
#include "format/format.hpp"
#include "worker/worker.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VImage;
using ::vips::VTarget;

constexpr auto kLoaders = std::to_array<const char*>(
    {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff",
     "VipsForeignLoadHeif", "VipsForeignLoadJp2k", "VipsForeignLoadJxl", "VipsForeignLoadPpm", "VipsForeignLoadSvg"});
constexpr auto kSavers = std::to_array<const char*>(
    {"VipsForeignSaveJpeg", "VipsForeignSavePng", "VipsForeignSaveWebp", "VipsForeignSaveCgif", "VipsForeignSaveTiff",
     "VipsForeignSaveHeif", "VipsForeignSaveJp2k", "VipsForeignSaveJxl", "VipsForeignSavePpm"});

class Conversion {
 public:
  Conversion(Bytes input, int output, const Order& order, const Target& target, const Source& source,
             const std::function<void(int)>& percent)
      : input_(input),
        output_(output),
        order_(order),
        target_(target),
        source_(source),
        transform_(source, order, target),
        percent_(percent) {}

  boost::json::object run() {
    if (order_.measure) {
      measure();
    } else if (order_.sequence) {
      sequence();
    } else {
      Sink sink(VTarget::new_to_descriptor(output_));
      if (target_.name == "pdf")
        pdf(sink);
      else
        one_file(sink);
    }
    return {{"files", files_},
            {"width", width_},
            {"height", height_},
            {"source_width", source_.width(0)},
            {"source_height", source_.height(0)}};
  }

 private:
  /// For what is to be drawn upon the converted picture.
  void measure() {
    const auto first = transform_.page(0);
    width_ = first.width();
    height_ = first.height();
    const auto told = worker::write_all(output_, fmt::format("width={}\nheight={}\n", width_, height_));
    if (!told) throw Fault(told.error());
  }

  void sequence() {
    for (std::size_t i = 0; i < source_.count(); ++i) {
      auto memory = VTarget::new_to_memory();
      Sink sink(memory);
      page(i, sink);
      std::size_t size = 0;
      VipsBlob* blob = nullptr;
      g_object_get(memory.get_target(), "blob", &blob, nullptr);
      const auto* const bytes = static_cast<const char*>(vips_blob_get(blob, &size));
      const auto appended = worker::append_to_sequence(output_, {bytes, size});
      vips_area_unref(VIPS_AREA(blob));
      if (!appended) throw Fault(appended.error());
      ++files_;
      tell(i + 1);
    }
  }

  void page(std::size_t index, Sink& sink) {
    if (target_.name == "pdf") {
      pdf(sink);
      return;
    }
    write(transform_.page(index), sink);
  }

  void one_file(Sink& sink) {
    files_ = 1;
    if (source_.count() == 1 || (target_.name != "gif" && target_.name != "webp" && target_.name != "tiff")) {
      write(transform_.page(0), sink);
    } else if (source_.animated()) {
      write(transform_.roll(), sink);
    } else {
      write(joined_pages(), sink);
    }
  }

  /// Pages one below the other, as libvips writes them into one file. Smaller ones get a margin: all must be alike.
  VImage joined_pages() {
    std::vector<VImage> pages;
    int width = 0;
    int height = 0;
    int bands = 0;
    for (std::size_t i = 0; i < source_.count(); ++i) {
      pages.push_back(transform_.page(i));
      width = std::max(width, pages.back().width());
      height = std::max(height, pages.back().height());
      bands = std::max(bands, pages.back().bands());
    }
    for (auto& one : pages) {
      if (one.bands() < 3 && bands >= 3) one = one.colourspace(VIPS_INTERPRETATION_sRGB);
      if (one.bands() == 3 && bands == 4 && one.interpretation() != VIPS_INTERPRETATION_CMYK)
        one = one.bandjoin_const({255.0});
      if (one.width() == width && one.height() == height) continue;
      one = one.embed(0, 0, width, height, VImage::option()->set("extend", VIPS_EXTEND_WHITE));
    }
    auto all = VImage::arrayjoin(pages, VImage::option()->set("across", 1)).copy();
    all.set("page-height", height);
    return all;
  }

  void write(const VImage& image, Sink& sink) {
    const bool paged = image.get_typeof("page-height") == G_TYPE_INT && image.get_int("page-height") > 0;
    width_ = image.width();
    height_ = paged ? image.get_int("page-height") : image.height();
    auto ready = image.copy();
    // Left over from the file: a page of it is not several.
    if (ready.get_typeof("n-pages") != 0) ready.remove("n-pages");
    write_image(ready, order_, target_, sink);
  }

  void pdf(Sink& sink) {
    PdfWriter writer(sink);
    files_ = 1;
    for (std::size_t i = 0; i < source_.count(); ++i) {
      add_page(writer, i);
      tell(i + 1);
    }
    writer.finish();
    if (vips_target_end(sink.target().get_target()) != 0) throw ::vips::VError();
  }

  void add_page(PdfWriter& writer, std::size_t index) {
    const auto image = transform_.page(index);
    width_ = image.width();
    height_ = image.height();
    constexpr double kLeast = 36;
    constexpr double kMost = 2'400;
    const double dpi = image.xres() * 25.4;
    const PdfWriter::Picture picture{image.width(), image.height(), image.bands(),
                                     !source_.is_vector() && dpi >= kLeast && dpi <= kMost ? dpi : 96.0};
    if (passes_through(image)) {
      writer.add_jpg(picture, {reinterpret_cast<const char*>(input_.data()), input_.size()});
    } else if (source_.is_lossy() || order_.options.quality) {
      writer.add_jpg(picture, to_jpg(image, static_cast<int>(order_.options.quality.value_or(90))));
    } else {
      writer.add_png(picture, to_png(image));
    }
  }

  /// A JPEG that needs no change goes into the PDF byte for byte. It must decode as a whole nevertheless.
  bool passes_through(const VImage& image) const {
    const auto& options = order_.options;
    const auto original = source_.page(0, 1);
    const bool upright =
        original.get_typeof(VIPS_META_ORIENTATION) == 0 || original.get_int(VIPS_META_ORIENTATION) <= 1;
    const bool same =
        image.width() == original.width() && image.height() == original.height() && image.bands() == original.bands();
    if (source_.kind() != "jpg" || !upright || !same || options.rotate != 0 || options.quality || options.strip ||
        original.get_typeof(VIPS_META_ICC_NAME) != 0 || original.interpretation() == VIPS_INTERPRETATION_CMYK) {
      return false;
    }
    original.avg();
    return true;
  }

  void tell(std::size_t done) const {
    if (percent_) percent_(static_cast<int>(done * 100 / source_.count()));
  }

  Bytes input_;
  int output_;
  const Order& order_;
  const Target& target_;
  const Source& source_;
  Transform transform_;
  const std::function<void(int)>& percent_;
  int files_ = 0;
  int width_ = 0;
  int height_ = 0;
};

/// libvips decodes while it encodes: which of the two failed shows when the image is only decoded.
Error blame(const ::vips::VError& error, const Source& source) {
  const auto code = code_of(error, ErrorCode::conversion_failed);
  if (code != ErrorCode::conversion_failed) return {code, "The conversion needed more memory than allowed.", {}};
  const auto text = describe(error, "The image cannot be converted");
  vips_error_clear();
  try {
    for (std::size_t i = 0; i < source.count(); ++i) source.page(i, 1).avg();
  } catch (const ::vips::VError& broken) {
    return {ErrorCode::open_failed, describe(broken, "The image is damaged"), {}};
  } catch (const Fault& fault) {
    return fault.error();
  }
  return {code, text, {}};
}

template <std::size_t N>
void allow_only(const char* base, const std::array<const char*, N>& names) {
  vips_operation_block_set(base, TRUE);
  for (const auto* const name : names) vips_operation_block_set(name, FALSE);
}

}  // namespace

Result<> start_library(const char* program) {
  if (vips_init(program) != 0) return fail(ErrorCode::internal, "libvips cannot be started.");
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  allow_only("VipsForeignLoad", kLoaders);
  allow_only("VipsForeignSave", kSavers);
  return {};
}

std::string library_version() { return fmt::format("{}.{}.{}", vips_version(0), vips_version(1), vips_version(2)); }

Result<boost::json::object> convert(Bytes input, int output, const Order& order,
                                    const std::function<void(int)>& percent) {
  const auto* const target = find_target(order.to);
  if (target == nullptr) return fail(ErrorCode::invalid_conversion_type, "vips cannot write " + order.to + ".");
  vips_error_clear();
  RECAST_TRY(const auto source, Source::open(input, order));
  try {
    return Conversion(input, output, order, *target, source, percent).run();
  } catch (const Fault& fault) {
    return std::unexpected(fault.error());
  } catch (const ::vips::VError& error) {
    return std::unexpected(blame(error, source));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::memory_limit, "The conversion needed more memory than allowed.");
  }
}

}  // namespace recast::engines::vips
