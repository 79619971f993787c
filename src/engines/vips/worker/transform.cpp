#include "engines/vips/worker/transform.hpp"

#include <algorithm>
#include <cmath>

#include "engines/vips/worker/colours.hpp"
#include "engines/vips/worker/fault.hpp"
#include "engines/vips/worker/overlay.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VImage;

constexpr std::uint64_t kRollBytes = 1536ULL << 20;  // frames must lie in memory to be taken apart

int orientation(const VImage& image) {
  const int value = image.get_typeof(VIPS_META_ORIENTATION) == G_TYPE_INT ? image.get_int(VIPS_META_ORIENTATION) : 1;
  return value >= 1 && value <= 8 ? value : 1;
}

VImage resize(VImage image, double x, double y) {
  if (x == 1 && y == 1) return image;
  const auto format = image.format();
  const bool alpha = image.has_alpha();
  if (alpha) image = image.premultiply();
  image = image.resize(x, VImage::option()->set("vscale", y));
  if (alpha) image = image.unpremultiply().cast(format);
  return image;
}

/// One side of what resize() makes, which rounds.
double factor(int wanted, double present) { return static_cast<double>(wanted) / present; }

}  // namespace

int Transform::quarter_turns() const {
  const double turns = order_.options.rotate / 90.0;
  if (turns != std::floor(turns)) return 0;
  return ((static_cast<int>(turns) % 4) + 4) % 4;
}

bool Transform::turns_sideways(const VImage& image) const {
  const bool by_exif = order_.options.auto_orient && orientation(image) >= 5;
  return by_exif != (quarter_turns() % 2 == 1);
}

Transform::Scale Transform::scale(double width, double height) const {
  const auto& options = order_.options;
  Scale result;
  double x = options.width ? static_cast<double>(*options.width) / width : 0;
  double y = options.height ? static_cast<double>(*options.height) / height : 0;
  const bool both = x > 0 && y > 0;
  if (!both) {
    // One side alone keeps the ratio.
    const double given = std::max(x, y);
    x = y = given > 0 ? given : 1;
    if (options.fit == "max" && !source_.is_vector()) x = y = std::min(x, 1.0);
  } else if (options.fit == "max") {
    x = y = std::min(x, y);
    if (!source_.is_vector()) x = y = std::min(x, 1.0);
  } else if (options.fit == "crop") {
    x = y = std::max(x, y);
    result.crop_width = static_cast<int>(*options.width);
    result.crop_height = static_cast<int>(*options.height);
  }
  if (target_.name == "ico" && result.crop_width == 0) {
    const double most = std::min({1.0, target_.longest / (width * x), target_.longest / (height * y)});
    x *= most;
    y *= most;
  }
  result.x = x;
  result.y = y;
  const double pixels = std::ceil(width * x) * std::ceil(height * y);
  if (order_.pixel_limit > 0 && pixels > static_cast<double>(order_.pixel_limit)) {
    throw Fault({ErrorCode::pixel_limit, "The converted image would have more pixels than allowed.", {}});
  }
  return result;
}

VImage Transform::turn(VImage image) const {
  const int quarters = quarter_turns();
  const bool by_exif = order_.options.auto_orient && orientation(image) != 1;
  const bool slanted = quarters == 0 && std::fmod(order_.options.rotate, 360.0) != 0;
  if (!by_exif && quarters == 0 && !slanted) return image;
  image = image.copy_memory();  // it comes from the decoder row by row, and is now read in another order
  if (by_exif) image = image.autorot();
  if (quarters != 0) image = image.rot(static_cast<VipsAngle>(quarters));
  if (!slanted) return image;
  if (image.interpretation() == VIPS_INTERPRETATION_CMYK) image = to_srgb(image);
  if (!image.has_alpha()) image = image.bandjoin_const({is_deep(image) ? 65'535.0 : 255.0});
  const auto format = image.format();
  return image.premultiply().rotate(order_.options.rotate).unpremultiply().cast(format);
}

VImage Transform::geometry(VImage image, int full_width, int full_height) const {
  const bool sideways = turns_sideways(image);
  const bool slanted = quarter_turns() == 0 && std::fmod(order_.options.rotate, 360.0) != 0;
  if (slanted) {
    // Its bounding box is what is to be scaled.
    image = turn(image);
    full_width = image.width();
    full_height = image.height();
  }
  const auto wanted = sideways && !slanted ? scale(full_height, full_width) : scale(full_width, full_height);
  if (!wanted.none()) {
    const bool swap = sideways && !slanted;
    const auto rounded = [](double value) { return std::max(1, static_cast<int>(std::lround(value))); };
    int width = rounded(full_width * (swap ? wanted.y : wanted.x));
    int height = rounded(full_height * (swap ? wanted.x : wanted.y));
    if (wanted.crop_width > 0) {  // rounding must not leave less than the box
      width = std::max(width, swap ? wanted.crop_height : wanted.crop_width);
      height = std::max(height, swap ? wanted.crop_width : wanted.crop_height);
    }
    image = resize(image, factor(width, image.width()), factor(height, image.height()));
  }
  if (!slanted) image = turn(image);
  if (wanted.crop_width > 0 && (image.width() > wanted.crop_width || image.height() > wanted.crop_height)) {
    const int width = std::min(wanted.crop_width, image.width());
    const int height = std::min(wanted.crop_height, image.height());
    image = image.extract_area((image.width() - width) / 2, (image.height() - height) / 2, width, height);
  }
  if (image.width() > target_.longest || image.height() > target_.longest) {
    throw Fault(
        {ErrorCode::conversion_failed, "The image is too large for the format " + std::string(target_.name) + ".", {}});
  }
  return image;
}

VImage Transform::colours(VImage image) const {
  if (order_.overlay) image = lay_over(std::move(image), order_.stamp);
  ColourWish wish{.gray = wants_gray(),
                  .cmyk = order_.options.colorspace == "cmyk",
                  .rgb = order_.options.colorspace == "rgb",
                  .drop_profile = order_.options.strip || !target_.profile,
                  .background = order_.options.background};
  return fit_colours(std::move(image), wish, target_);
}

VImage Transform::page(std::size_t index) const {
  auto image = source_.page(index, 1);
  const int width = source_.width(index);
  const int height = source_.height(index);
  const bool slanted = quarter_turns() == 0 && std::fmod(order_.options.rotate, 360.0) != 0;
  if (!slanted) {
    const bool sideways = turns_sideways(image);
    const auto wanted = sideways ? scale(height, width) : scale(width, height);
    const double shrink = 1.0 / std::max(wanted.x, wanted.y);
    if (shrink > 1 || (source_.is_vector() && shrink != 1)) image = source_.page(index, shrink);
  }
  return colours(geometry(image, width, height));
}

VImage Transform::roll() const {
  const int width = source_.width(0);
  const int height = source_.height(0);
  auto all = source_.roll();
  const auto wanted = scale(width, height);
  if (wanted.none() && order_.options.rotate == 0) {
    if (width > target_.longest || height > target_.longest) return geometry(all, width, height);  // says so
    return colours(all);
  }
  const auto bytes = static_cast<std::uint64_t>(all.width()) * static_cast<std::uint64_t>(all.height()) * 4U;
  if (bytes > kRollBytes) throw Fault({ErrorCode::memory_limit, "The animation is too large to be scaled.", {}});
  all = all.copy_memory();
  std::vector<VImage> frames;
  for (std::size_t i = 0; i < source_.count(); ++i) {
    const auto frame = all.extract_area(0, static_cast<int>(i) * height, width, height);
    frames.push_back(geometry(frame, width, height));
  }
  auto joined = VImage::arrayjoin(frames, VImage::option()->set("across", 1)).copy();
  joined.set("page-height", frames.front().height());
  return colours(joined);
}

}  // namespace recast::engines::vips
