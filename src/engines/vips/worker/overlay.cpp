#include "engines/vips/worker/overlay.hpp"

#include <charconv>

#include "base/text.hpp"
#include "engines/vips/worker/colours.hpp"

namespace recast::engines::vips {

namespace {

using ::vips::VImage;

/// In three bands of red, green and blue, the space a stamp is drawn in.
VImage coloured(const VImage& image) {
  const auto known = known_space(image);
  const auto space = known.interpretation();
  if (space == VIPS_INTERPRETATION_sRGB || space == VIPS_INTERPRETATION_RGB16) return known;
  const bool plain = space == VIPS_INTERPRETATION_B_W || space == VIPS_INTERPRETATION_GREY16;
  if (!plain || known.get_typeof(VIPS_META_ICC_NAME) != 0) return to_srgb(known);
  return known.colourspace(is_deep(known) ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
}

VImage decode(Bytes png) {
  auto* const blob = vips_blob_new(nullptr, png.data(), png.size());
  auto image = VImage::pngload_buffer(blob);
  vips_area_unref(VIPS_AREA(blob));
  return image;
}

}  // namespace

VImage lay_over(VImage image, const Overlay& stamp) {
  image = coloured(image);
  const bool alpha = image.has_alpha(), deep = is_deep(image);
  const auto format = image.format();
  auto over = decode(stamp.png);
  int x = stamp.x, y = stamp.y;
  const int height = image.get_typeof("page-height") == G_TYPE_INT ? image.get_int("page-height") : image.height();
  if (height > 0 && height < image.height()) {
    over = over.embed(x, y, image.width(), height, VImage::option()->set("extend", VIPS_EXTEND_BLACK));
    over = over.replicate(1, image.height() / height);
    x = y = 0;
  }
  auto* const options = VImage::option()->set("x", x)->set("y", y);
  options->set("compositing_space", deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
  auto both = image.composite2(over, VIPS_BLEND_MODE_OVER, options);
  if (!alpha) both = both.extract_band(0, VImage::option()->set("n", 3));
  return both.cast(format);
}

Result<Overlay> read_overlay(Bytes png, std::string_view place) {
  Overlay result{.png = png};
  const auto words = split(trim(place), ' ');
  const auto read = [](std::string_view word, int& value) {
    const auto [stop, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    return problem == std::errc{} && stop == word.data() + word.size();
  };
  if (words.size() != 2 || !read(words[0], result.x) || !read(words[1], result.y))
    return fail(ErrorCode::internal, "The place of a stamp is not two numbers.");
  return result;
}

}  // namespace recast::engines::vips
