#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::poppler {

/// What a client may say about a conversion by Poppler (processing.md 3.6 and 3.9).
struct Options {
  std::string pages;
  std::int64_t pixel_density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::optional<std::int64_t> quality;
  std::string colorspace = "unchanged";
  bool grayscale = false;
  bool hide_annotations = false;
  bool antialias = true;
  std::string password;
  bool layout = false;
  double zoom = 1.5;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::pixel_density, "pixel_density", "Resolution of a rendered page in dots per inch.",
                    {.min = 10, .max = 2400, .aliases = {"density"}}),
      schema::field(
          &Options::width, "width",
          "Width of an image in pixels. A page is drawn at that size, so a width or height alone also enlarges.",
          {.min = 1, .max = 30000}),
      schema::field(&Options::height, "height", "Height of an image in pixels.", {.min = 1, .max = 30000}),
      schema::field(&Options::fit, "fit",
                    "How a page fills width and height: max keeps its shape and stays inside, crop fills both and cuts "
                    "the overflow, scale stretches.",
                    {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::quality, "quality", "Quality of a JPEG, 1 to 100.", {.min = 1, .max = 100}),
      schema::field(&Options::colorspace, "colorspace", "Colours of an image. cmyk is possible for jpg and tiff.",
                    {.values = {"unchanged", "rgb", "cmyk", "grayscale"}}),
      schema::field(&Options::grayscale, "grayscale", "The same as colorspace grayscale."),
      schema::field(&Options::hide_annotations, "hide_annotations",
                    "Leave out comments and other annotations of an image."),
      schema::field(&Options::antialias, "antialias", "Smooth the edges of text and lines of an image."),
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Options::layout, "layout", "Keep the arrangement of the page in text."),
      schema::field(&Options::zoom, "zoom", "Size of an HTML page relative to the document.", {.min = 0.5, .max = 3}),
  };

  bool gray() const { return grayscale || colorspace == "grayscale"; }
};

}  // namespace recast::engines::poppler
