#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::vips {

/// What a client may ask of a raster conversion (processing.md 3.6). The worker reads the same table.
struct Options {
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  bool strip = false;
  bool auto_orient = true;
  std::optional<std::int64_t> quality;
  std::int64_t pixel_density = 96;
  std::string pages;
  double rotate = 0;
  bool grayscale = false;
  std::string colorspace = "unchanged";
  std::string background;
  bool progressive = false;
  bool lossless = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::width, "width", "Width in pixels; alone it keeps the aspect ratio.",
                    {.min = 1, .max = 65'535}),
      schema::field(&Options::height, "height", "Height in pixels; alone it keeps the aspect ratio.",
                    {.min = 1, .max = 65'535}),
      schema::field(
          &Options::fit, "fit",
          "max: inside width x height, never enlarged; crop: fills it, the overflow is cut; scale: exactly that.",
          {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::strip, "strip", "Drop metadata and colour profiles; colours are brought to sRGB first."),
      schema::field(&Options::auto_orient, "auto_orient", "Turn the image upright as its EXIF orientation says."),
      schema::field(&Options::quality, "quality", "Quality of lossy formats such as jpg, webp, avif and heic.",
                    {.min = 1, .max = 100}),
      schema::field(&Options::pixel_density, "pixel_density", "Dots per inch for vector input.",
                    {.min = 1, .max = 2'400, .aliases = {"density"}}),
      schema::field(&Options::pages, "pages", "Pages or frames to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::rotate, "rotate", "Degrees to rotate clockwise.", {.min = -360, .max = 360}),
      schema::field(&Options::grayscale, "grayscale", "Convert to shades of gray."),
      schema::field(&Options::colorspace, "colorspace", "Colour space of the output; cmyk for jpg and tiff only.",
                    {.values = {"unchanged", "rgb", "cmyk", "grayscale"}}),
      schema::field(&Options::background, "background",
                    "Colour behind transparent parts, such as #ff8000; white where the format has no transparency."),
      schema::field(&Options::progressive, "progressive", "Progressive jpg or interlaced png."),
      schema::field(&Options::lossless, "lossless", "Lossless compression for webp, avif, heic, jp2 and jxl."),
  };
};

}  // namespace recast::engines::vips
