#include "engines/vips/worker/source.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>

#include "engines/vips/worker/fault.hpp"
#include "format/format.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VImage;
using ::vips::VOption;

constexpr int kMostPages = 10'000;

struct Loader {
  std::string_view sniffed;
  std::string_view kind;
  const char* operation;
};

constexpr auto kLoaders = std::to_array<Loader>({
    {"jpg", "jpg", "jpegload_buffer"},
    {"png", "png", "pngload_buffer"},
    {"webp", "webp", "webpload_buffer"},
    {"gif", "gif", "gifload_buffer"},
    {"tiff", "tiff", "tiffload_buffer"},
    {"avif", "avif", "heifload_buffer"},
    {"heic", "heic", "heifload_buffer"},
    {"heif", "heic", "heifload_buffer"},
    {"jp2", "jp2", "jp2kload_buffer"},
    {"j2k", "jp2", "jp2kload_buffer"},
    {"jxl", "jxl", "jxlload_buffer"},
    {"ppm", "ppm", "ppmload_source"},
    {"pgm", "ppm", "ppmload_source"},
    {"pbm", "ppm", "ppmload_source"},
    {"bmp", "bmp", ""},
    {"ico", "ico", ""},
    {"tga", "tga", ""},
});

std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

int number_of(const VImage& image, const char* name, int fallback) {
  return image.get_typeof(name) == G_TYPE_INT ? image.get_int(name) : fallback;
}

/// libvips lets go of what it is given when the image is closed; our bytes live longer.
VipsBlob* borrow(Bytes bytes) { return vips_blob_new(nullptr, bytes.data(), bytes.size()); }

VImage from_bitmap(const Bitmap& bitmap) {
  auto* const copy = vips_image_new_from_memory_copy(bitmap.pixels.data(), bitmap.pixels.size(), bitmap.width,
                                                     bitmap.height, bitmap.bands, VIPS_FORMAT_UCHAR);
  if (copy == nullptr) throw ::vips::VError();
  const auto space = bitmap.bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
  return VImage(copy).copy(VImage::option()->set("interpretation", space));
}

/// An attribute of a drawing's root element, such as "210mm"; empty if it has none.
std::string_view root_attribute(std::string_view svg, std::string_view name) {
  const auto root = svg.find("<svg");
  if (root == std::string_view::npos) return {};
  const auto tag = svg.substr(root, svg.find('>', root) - root);
  for (auto at = tag.find(name); at != std::string_view::npos; at = tag.find(name, at + 1)) {
    if (at == 0 || (tag[at - 1] != ' ' && tag[at - 1] != '\n' && tag[at - 1] != '\t')) continue;
    const auto begin = tag.find_first_of("\"'", at);
    if (begin == std::string_view::npos) return {};
    const auto end = tag.find(tag[begin], begin + 1);
    return tag.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1);
  }
  return {};
}

/// Whether a drawing gives its width in inches, millimetres and the like. libvips takes a CSS pixel for 1/72 inch, so
/// that the density that makes its inches right makes its pixels wrong.
bool has_real_units(std::string_view svg) {
  const auto width = root_attribute(svg, "width");
  return std::ranges::any_of(std::to_array<std::string_view>({"in", "mm", "cm", "pt", "pc"}),
                             [&](auto unit) { return width.ends_with(unit); });
}

/// librsvg's integers overflow at such a size, and what is drawn then is one pixel.
bool is_absurdly_large(std::string_view svg) {
  constexpr double kLargestSide = 1e7;
  return std::ranges::any_of(std::to_array<std::string_view>({"width", "height"}), [&](auto name) {
    return std::strtod(std::string(root_attribute(svg, name)).c_str(), nullptr) > kLargestSide;
  });
}

VImage must(Result<Bitmap> bitmap) {
  if (!bitmap) throw Fault(std::move(bitmap).error());
  return from_bitmap(*bitmap);
}

}  // namespace

VImage Source::load(VOption* options) const {
  VImage image;
  options->set("out", &image)->set("access", VIPS_ACCESS_SEQUENTIAL)->set("fail_on", VIPS_FAIL_ON_ERROR);
  if (loader_ == "ppmload_source") {
    auto* const blob = borrow(bytes_);
    const auto source = ::vips::VSource::new_from_blob(blob);
    vips_area_unref(VIPS_AREA(blob));
    VImage::call(loader_.c_str(), options->set("source", source));
    return image;
  }
  auto* const blob = borrow(bytes_);
  options->set("buffer", blob);
  vips_area_unref(VIPS_AREA(blob));
  VImage::call(loader_.c_str(), options);
  return image;
}

VImage Source::load_bitmap() const {
  return must(kind_ == "bmp" ? read_bmp(bytes_, pixel_limit_) : read_tga(bytes_, pixel_limit_));
}

VImage Source::load_icon(std::size_t index) const {
  const auto& entry = icons_[static_cast<std::size_t>(pages_[index])];
  if (!entry.png) return must(read_icon_bitmap(entry.data, pixel_limit_));
  VImage image;
  auto* const blob = borrow(entry.data);
  auto* const options =
      VImage::option()->set("buffer", blob)->set("out", &image)->set("access", VIPS_ACCESS_SEQUENTIAL);
  vips_area_unref(VIPS_AREA(blob));
  VImage::call("pngload_buffer", options->set("fail_on", VIPS_FAIL_ON_ERROR));
  return image;
}

VImage Source::page(std::size_t index, double shrink) const {
  if (kind_ == "bmp" || kind_ == "tga") return load_bitmap();
  if (kind_ == "ico") return load_icon(index);
  auto* const options = VImage::option();
  if (paged_) options->set("page", pages_[index]);
  // As libvips' own thumbnailer: at least a factor of two is left for the resampling, which is better than the
  // decoder's.
  if (kind_ == "jpg" && shrink >= 4) options->set("shrink", shrink >= 16 ? 8 : shrink >= 8 ? 4 : 2);
  if (kind_ == "webp" && shrink > 1) options->set("scale", 1.0 / shrink);
  if (is_vector())
    options->set("dpi", has_real_units(text_of(bytes_)) ? 96.0 : 72.0)->set("scale", density_ / 96.0 / shrink);
  return load(options);
}

VImage Source::roll() const {
  std::vector<VImage> parts;
  for (std::size_t i = 0; i < pages_.size();) {
    auto end = i + 1;
    while (end < pages_.size() && pages_[end] == pages_[end - 1] + 1) ++end;
    parts.push_back(load(VImage::option()->set("page", pages_[i])->set("n", static_cast<int>(end - i))));
    i = end;
  }
  auto image = parts.size() == 1 ? parts.front() : VImage::arrayjoin(parts, VImage::option()->set("across", 1)).copy();
  std::vector<int> delays;
  if (image.get_typeof("delay") != 0) {
    const auto all = image.get_array_int("delay");
    for (const auto page : pages_) {
      delays.push_back(static_cast<std::size_t>(page) < all.size() ? all[static_cast<std::size_t>(page)] : 100);
    }
  }
  image = image.copy();
  image.set("page-height", height(0));
  if (!delays.empty()) image.set("delay", delays);
  return image;
}

Result<> Source::find_kind(const Order& order) {
  const auto sniffed = format::sniff(text_of(bytes_));
  if (order.from == "svg") {
    // No picture but a drawing may be loaded under this name, and a drawing under no other.
    if (sniffed == "svg" || sniffed == "gz" || sniffed == "xml" || sniffed == "text" || sniffed == "html") {
      kind_ = "svg";
      loader_ = "svgload_buffer";
      return {};
    }
  }
  if (order.from == "tga" && sniffed.empty()) {
    kind_ = "tga";
    return {};
  }
  for (const auto& loader : kLoaders) {
    if (sniffed != loader.sniffed) continue;
    kind_ = loader.kind;
    loader_ = loader.operation;
    return {};
  }
  return fail(ErrorCode::open_failed, "The file is not an image of a supported format.");
}

Result<> Source::choose_pages(const Order& order, int available, int preferred) {
  if (order.pages.all()) {
    const bool every = kind_ == "tiff" || kind_ == "gif" || kind_ == "webp";
    pages_.resize(every ? static_cast<std::size_t>(available) : 1);
    std::iota(pages_.begin(), pages_.end(), every ? 0 : preferred);
  }
  for (const auto [first, last] : order.pages.merged()) {
    const auto end = last == format::PageList::kOpen ? available : std::min(last, available);
    for (int page = first; page <= end; ++page) pages_.push_back(page - 1);
  }
  if (pages_.empty()) return fail(ErrorCode::conversion_failed, "There is no such page.");
  if (pages_.size() > kMostPages) return fail(ErrorCode::page_limit, "The image has more pages than allowed.");
  return {};
}

Result<> Source::measure(std::uint64_t pixel_limit) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    if (i == 0 || !animated_) {
      const auto image = page(i, 1);
      sizes_.push_back({image.width(), image.height()});
    } else {
      sizes_.push_back(sizes_.front());
    }
    total += static_cast<std::uint64_t>(sizes_[i].width) * static_cast<std::uint64_t>(sizes_[i].height);
    if (pixel_limit > 0 && total > pixel_limit) {
      return fail(ErrorCode::pixel_limit, "The image has more pixels than allowed.");
    }
  }
  return {};
}

Result<> Source::open_icon(const Order& order) {
  RECAST_TRY(icons_, read_icon_directory(bytes_));
  const auto value = [&](const IconEntry& entry) { return std::pair(entry.width * entry.height, entry.bits); };
  const auto best = std::ranges::max_element(icons_, {}, value) - icons_.begin();
  return choose_pages(order, static_cast<int>(icons_.size()), static_cast<int>(best));
}

Result<Source> Source::open(Bytes bytes, const Order& order) {
  Source source;
  source.bytes_ = bytes;
  source.pixel_limit_ = order.pixel_limit;
  source.density_ = static_cast<int>(order.options.pixel_density);
  RECAST_CHECK(source.find_kind(order));
  if (source.is_vector() && is_absurdly_large(text_of(bytes))) {
    return fail(ErrorCode::pixel_limit, "The image has more pixels than allowed.");
  }
  try {
    int available = 1;
    int preferred = 0;
    if (source.kind_ == "ico") {
      RECAST_CHECK(source.open_icon(order));
    } else {
      const auto whole = source.kind_ == "bmp" || source.kind_ == "tga";
      if (!whole) {
        const auto first = source.page(0, 1);
        available = std::max(1, number_of(first, "n-pages", 1));
        preferred = std::clamp(number_of(first, "heif-primary", 0), 0, available - 1);
      }
      const auto& kind = source.kind_;
      const bool moving = kind == "gif" || kind == "webp";
      source.paged_ = kind == "tiff" || kind == "heic" || kind == "avif" || moving;
      RECAST_CHECK(source.choose_pages(order, available, preferred));
      source.animated_ = moving && source.pages_.size() > 1;
    }
    RECAST_CHECK(source.measure(order.pixel_limit));
  } catch (const Fault& fault) {
    return std::unexpected(fault.error());
  } catch (const ::vips::VError& error) {
    return fail(ErrorCode::open_failed, describe(error, "The image cannot be read"));
  }
  return source;
}

}  // namespace recast::engines::vips
