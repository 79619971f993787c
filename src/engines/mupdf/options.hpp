#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::mupdf {

/// What a client may say about a conversion by MuPDF (processing.md 3.6 and 3.7).
struct Options {
  std::string pages;
  std::int64_t pixel_density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::string colorspace = "unchanged";
  bool grayscale = false;
  bool transparent = false;
  bool text_to_path = true;
  std::string password;
  std::optional<double> font_size;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::pixel_density, "pixel_density", "Resolution of a rendered page in dots per inch.",
                    {.min = 10, .max = 2400, .aliases = {"density"}}),
      schema::field(&Options::width, "width", "Width of an image in pixels.", {.min = 1, .max = 30000}),
      schema::field(&Options::height, "height", "Height of an image in pixels.", {.min = 1, .max = 30000}),
      schema::field(
          &Options::fit, "fit",
          "How a page fills width and height: max keeps its shape, stays inside and never enlarges, crop fills "
          "both and cuts the overflow, scale stretches.",
          {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::colorspace, "colorspace", "Colours of an image.",
                    {.values = {"unchanged", "rgb", "grayscale"}}),
      schema::field(&Options::grayscale, "grayscale", "The same as colorspace grayscale."),
      schema::field(&Options::transparent, "transparent", "Leave the background of an image transparent."),
      schema::field(&Options::text_to_path, "text_to_path", "Draw the letters of an SVG as shapes instead of text."),
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Options::font_size, "font_size", "Size of the letters of an e-book in points.",
                    {.min = 4, .max = 72}),
  };
};

}  // namespace recast::engines::mupdf
