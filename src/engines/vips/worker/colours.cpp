#include "engines/vips/worker/colours.hpp"

#include <unistd.h>

#include <array>

#include "engines/vips/colour.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VError;
using ::vips::VImage;

bool has_profile(const VImage& image) { return image.get_typeof(VIPS_META_ICC_NAME) != 0; }

VImage without_profile(const VImage& image) {
  auto copy = image.copy();
  if (has_profile(copy)) copy.remove(VIPS_META_ICC_NAME);
  return copy;
}

bool is_cmyk(const VImage& image) { return image.interpretation() == VIPS_INTERPRETATION_CMYK; }

bool is_gray(const VImage& image) {
  return image.interpretation() == VIPS_INTERPRETATION_B_W || image.interpretation() == VIPS_INTERPRETATION_GREY16;
}

VImage flatten(VImage image, const std::string& colour) {
  if (!image.has_alpha()) return image;
  const auto rgb = parse_colour(colour).value_or(std::array{255, 255, 255});
  const double unit = is_deep(image) ? 257.0 : 1.0;
  if (is_gray(image) && rgb[0] == rgb[1] && rgb[1] == rgb[2]) {
    return image.flatten(VImage::option()->set("background", std::vector<double>{rgb[0] * unit}));
  }
  if (is_gray(image)) image = image.colourspace(is_deep(image) ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  return image.flatten(
      VImage::option()->set("background", std::vector<double>{rgb[0] * unit, rgb[1] * unit, rgb[2] * unit}));
}

/// What presses make of colours. libvips brings a profile of 960 kB, which every picture would carry along: it stands
/// in where there is none of the smaller ones, Fogra39 of TeX (120 kB) and Ghostscript's SWOP (190 kB).
const char* press_profile() {
  static constexpr std::array<const char*, 2> kSmaller{
      "/usr/share/texlive/texmf-dist/tex/generic/colorprofiles/FOGRA39L_coated.icc",
      "/usr/share/color/icc/ghostscript/default_cmyk.icc"};
  for (const auto* const file : kSmaller) {
    if (::access(file, R_OK) == 0) return file;
  }
  return "cmyk";
}

VImage to_cmyk(const VImage& image) {
  const auto rgb = is_gray(image) || is_deep(image) ? to_srgb(image) : image;
  auto* const options = VImage::option()->set("input_profile", "srgb")->set("embedded", has_profile(rgb));
  return rgb.icc_transform(press_profile(), options->set("intent", VIPS_INTENT_RELATIVE)->set("depth", 8));
}

/// Eight bits a band, in the space it is in.
VImage shallow(const VImage& image) {
  if (!is_deep(image)) return image;
  if (is_cmyk(image)) return image.cast(VIPS_FORMAT_UCHAR, VImage::option()->set("shift", true));
  return image.colourspace(is_gray(image) ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB);
}

}  // namespace

bool is_deep(const VImage& image) { return image.format() == VIPS_FORMAT_USHORT; }

VImage known_space(const VImage& image) {
  const bool whole = image.format() == VIPS_FORMAT_UCHAR || image.format() == VIPS_FORMAT_USHORT;
  const auto space = image.interpretation();
  const bool rgb =
      space == VIPS_INTERPRETATION_sRGB || space == VIPS_INTERPRETATION_RGB16 || space == VIPS_INTERPRETATION_RGB;
  if (whole && (rgb || is_gray(image) || is_cmyk(image))) return image;
  if (whole && space == VIPS_INTERPRETATION_MULTIBAND) {
    const bool deep = image.format() == VIPS_FORMAT_USHORT;
    const bool one = image.bands() <= 2;
    const auto guess = one ? (deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                           : (deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
    const auto bands = one || image.bands() <= 4 ? image : image.extract_band(0, VImage::option()->set("n", 3));
    return bands.copy(VImage::option()->set("interpretation", guess));
  }
  if (is_gray(image)) return image.colourspace(VIPS_INTERPRETATION_B_W);
  return without_profile(image.colourspace(VIPS_INTERPRETATION_sRGB));
}

VImage to_srgb(const VImage& image) {
  if (has_profile(image) || is_cmyk(image)) {
    try {
      auto* const options = VImage::option()->set("embedded", true)->set("intent", VIPS_INTENT_RELATIVE);
      // With fewer bits than the image has, libvips would cut its alpha off instead of scaling it.
      options->set("depth", is_deep(image) ? 16 : 8);
      if (is_cmyk(image)) options->set("input_profile", "cmyk");
      if (!is_cmyk(image)) options->set("input_profile", "srgb");
      return without_profile(image.icc_transform("srgb", options->set("black_point_compensation", true)));
    } catch (const VError&) {
      // A profile that does not fit the image; its colours are then taken for ordinary ones.
      vips_error_clear();
    }
  }
  return without_profile(without_profile(image).colourspace(VIPS_INTERPRETATION_sRGB));
}

VImage fit_colours(VImage image, const ColourWish& wish, const Target& target) {
  image = known_space(image);
  const bool was_gray = is_gray(image);
  const bool keeps_cmyk = is_cmyk(image) && target.cmyk && !wish.rgb && !wish.gray;
  if (keeps_cmyk) {
    if (wish.drop_profile) image = without_profile(image);
    if (!target.alpha && image.bands() > 4) image = image.extract_band(0, VImage::option()->set("n", 4));
    return target.deep ? image : shallow(image);
  }
  if (is_cmyk(image) || (has_profile(image) && (wish.drop_profile || wish.gray))) {
    image = to_srgb(image);
    if (was_gray) image = image.colourspace(is_deep(image) ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W);
  }
  if (!target.deep) image = shallow(image);
  const bool flat = !target.alpha || wish.cmyk || !wish.background.empty();
  if (flat) image = flatten(std::move(image), wish.background);
  if (wish.cmyk) return to_cmyk(image);
  if (wish.gray && !is_gray(image)) {
    image = without_profile(image).colourspace(is_deep(image) ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W);
  }
  if (is_gray(image) && (!target.gray || wish.rgb)) {
    image = without_profile(image).colourspace(is_deep(image) ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  }
  return image;
}

}  // namespace recast::engines::vips
