#include <gdk-pixbuf/gdk-pixbuf.h>
#include <librsvg/rsvg.h>

#include <algorithm>
#include <cstring>

#include "engines/stamp/worker/subject.hpp"
#include "format/format.hpp"

namespace recast::engines::stamp {

namespace {

constexpr int kLongestSide = 20'000;
constexpr std::int64_t kMostPixels = 100'000'000;

struct Release {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeError {
  void operator()(GError* error) const { g_error_free(error); }
};
struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
using Pixbuf = std::unique_ptr<GdkPixbuf, Release>;
using Surface = std::unique_ptr<cairo_surface_t, FreeSurface>;

std::unexpected<Error> damaged() {
  return fail(ErrorCode::open_failed, "The image of the watermark is damaged.", "image");
}
std::unexpected<Error> too_large() {
  return fail(ErrorCode::pixel_limit, "The image of the watermark is too large.", "image");
}

struct Size {
  double width = 0;
  double height = 0;
};

/// One side alone keeps the ratio.
Size size_of(const engine::stamp::Options& options, Size natural) {
  const auto wanted = [](const auto& side) { return side ? static_cast<double>(*side) : 0.0; };
  const double width = wanted(options.image_width), height = wanted(options.image_height);
  if (width > 0 && height > 0) return {width, height};
  if (width > 0) return {width, natural.height * width / natural.width};
  if (height > 0) return {natural.width * height / natural.height, height};
  return natural;
}

class Image : public Subject {
 public:
  explicit Image(Size size) : size_(size) {}
  double width() const final { return size_.width; }
  double height() const final { return size_.height; }

 private:
  Size size_;
};

class Pixels final : public Image {
 public:
  Pixels(Size size, Surface surface) : Image(size), surface_(std::move(surface)) {}
  Result<> paint(cairo_t* canvas) const override {
    const int columns = cairo_image_surface_get_width(surface_.get());
    const int rows = cairo_image_surface_get_height(surface_.get());
    cairo_scale(canvas, width() / columns, height() / rows);
    cairo_set_source_surface(canvas, surface_.get(), 0, 0);
    // In pixels what is beyond the edge is like the edge, so that it does not fade there.
    if (cairo_surface_get_type(cairo_get_target(canvas)) == CAIRO_SURFACE_TYPE_IMAGE)
      cairo_pattern_set_extend(cairo_get_source(canvas), CAIRO_EXTEND_PAD);
    cairo_pattern_set_filter(cairo_get_source(canvas), CAIRO_FILTER_GOOD);
    cairo_rectangle(canvas, 0, 0, columns, rows);
    cairo_fill(canvas);
    return {};
  }

 private:
  Surface surface_;
};

/// Called as soon as the header is read, before memory is taken for the pixels.
void look_at_size(GdkPixbufLoader* loader, int width, int height, void* too_large) {
  if (width <= kLongestSide && height <= kLongestSide && std::int64_t{width} * height <= kMostPixels) return;
  *static_cast<bool*>(too_large) = true;
  gdk_pixbuf_loader_set_size(loader, 1, 1);
}

Result<Pixbuf> decode(const std::vector<char>& file, const char* type) {
  GError* problem = nullptr;
  const std::unique_ptr<GdkPixbufLoader, Release> loader(gdk_pixbuf_loader_new_with_type(type, &problem));
  const std::unique_ptr<GError, FreeError> no_loader(problem);
  if (!loader) return fail(ErrorCode::conversion_failed, "This machine cannot read such images.", "image");
  bool oversized = false;
  g_signal_connect(loader.get(), "size-prepared", G_CALLBACK(&look_at_size), &oversized);
  // Closed in any case, as the loader wants it.
  const bool written = gdk_pixbuf_loader_write(loader.get(), reinterpret_cast<const guchar*>(file.data()), file.size(),
                                               nullptr) != FALSE;
  const bool closed = gdk_pixbuf_loader_close(loader.get(), nullptr) != FALSE;
  if (oversized) return too_large();
  auto* const pixels = gdk_pixbuf_loader_get_pixbuf(loader.get());
  if (!written || !closed || pixels == nullptr) return damaged();
  return Pixbuf(gdk_pixbuf_apply_embedded_orientation(pixels));
}

/// As Cairo wants pixels: one word each, colours multiplied by their opacity.
Surface to_surface(GdkPixbuf* pixels) {
  const int width = gdk_pixbuf_get_width(pixels), height = gdk_pixbuf_get_height(pixels);
  const int channels = gdk_pixbuf_get_n_channels(pixels);
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height));
  auto* const to = cairo_image_surface_get_data(surface.get());
  if (to == nullptr) return surface;
  const auto times = [](unsigned value, unsigned alpha) { return (value * alpha + 127U) / 255U; };
  for (int y = 0; y < height; ++y) {
    const auto* from = gdk_pixbuf_read_pixels(pixels) + std::ptrdiff_t{y} * gdk_pixbuf_get_rowstride(pixels);
    auto* row = to + std::ptrdiff_t{y} * cairo_image_surface_get_stride(surface.get());
    for (int x = 0; x < width; ++x, from += channels, row += 4) {
      const unsigned alpha = channels == 4 ? from[3] : 255U;
      const std::uint32_t word =
          alpha << 24 | times(from[0], alpha) << 16 | times(from[1], alpha) << 8 | times(from[2], alpha);
      std::memcpy(row, &word, sizeof word);
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

void free_bytes(void* bytes) { delete static_cast<std::vector<char>*>(bytes); }

Result<std::unique_ptr<Subject>> make_pixels(std::vector<char>& file, const char* type,
                                             const engine::stamp::Options& options) {
  RECAST_TRY(const auto pixels, decode(file, type));
  auto surface = to_surface(pixels.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
    return fail(ErrorCode::memory_limit, "The image of the watermark needs more memory than allowed.", "image");
  const Size natural{static_cast<double>(gdk_pixbuf_get_width(pixels.get())),
                     static_cast<double>(gdk_pixbuf_get_height(pixels.get()))};
  const bool upright = gdk_pixbuf_get_option(pixels.get(), "orientation") == nullptr;
  if (std::string_view(type) == "jpeg" && upright) {
    // A PDF takes a photograph as it is, without coding it anew.
    auto* const bytes = new std::vector<char>(std::move(file));
    if (cairo_surface_set_mime_data(surface.get(), CAIRO_MIME_TYPE_JPEG,
                                    reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(), &free_bytes,
                                    bytes) != CAIRO_STATUS_SUCCESS)
      free_bytes(bytes);
  }
  return std::make_unique<Pixels>(size_of(options, natural), std::move(surface));
}

class Drawing final : public Image {
 public:
  Drawing(Size size, std::unique_ptr<RsvgHandle, Release> handle) : Image(size), handle_(std::move(handle)) {}
  Result<> paint(cairo_t* canvas) const override {
    const RsvgRectangle viewport{0, 0, width(), height()};
    GError* problem = nullptr;
    const bool drawn = rsvg_handle_render_document(handle_.get(), canvas, &viewport, &problem) != FALSE;
    const std::unique_ptr<GError, FreeError> owned(problem);
    return drawn ? Result<>() : damaged();
  }

 private:
  std::unique_ptr<RsvgHandle, Release> handle_;
};

Size natural_size(RsvgHandle* handle) {
  constexpr Size kDefault{300, 150};  // of CSS
  Size size;
  if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &size.width, &size.height) == FALSE) {
    gboolean has_width = FALSE, has_height = FALSE, has_box = FALSE;
    RsvgLength width{}, height{};
    RsvgRectangle box{};
    rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &width, &has_height, &height, &has_box, &box);
    if (has_box != FALSE) size = {box.width, box.height};
  }
  return size.width > 0 && size.height > 0 ? size : kDefault;
}

Result<std::unique_ptr<Subject>> make_drawing(const std::vector<char>& file, const engine::stamp::Options& options) {
  GError* problem = nullptr;
  // Without an address of its own a drawing can name no other file.
  std::unique_ptr<RsvgHandle, Release> handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(file.data()), file.size(), &problem));
  const std::unique_ptr<GError, FreeError> owned(problem);
  if (!handle) return damaged();
  constexpr double kDensity = 96;
  rsvg_handle_set_dpi(handle.get(), kDensity);
  const auto size = size_of(options, natural_size(handle.get()));
  if (std::max(size.width, size.height) > kLongestSide) return too_large();
  return std::make_unique<Drawing>(size, std::move(handle));
}

}  // namespace

Result<std::unique_ptr<Subject>> make_image(std::vector<char>& file, const engine::stamp::Options& options) {
  const auto kind = format::sniff({file.data(), file.size()});
  if (kind == "png") return make_pixels(file, "png", options);
  if (kind == "jpg") return make_pixels(file, "jpeg", options);
  if (kind == "svg" || kind == "xml" || kind == "gz" || kind == "text" || kind == "html")
    return make_drawing(file, options);
  return fail(ErrorCode::open_failed, "The image of the watermark must be a png, jpg or svg file.", "image");
}

}  // namespace recast::engines::stamp
