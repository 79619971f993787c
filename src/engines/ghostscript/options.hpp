#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

/// What a client may say to Ghostscript (processing.md 3.6, 3.7, 4 and 12).
namespace recast::engines::ghostscript {

struct ImageOptions {
  std::string pages;
  std::int64_t pixel_density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::optional<std::int64_t> quality;
  std::string colorspace = "unchanged";
  bool grayscale = false;
  bool transparent = false;
  bool antialias = true;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&ImageOptions::pages, "pages", "Pages to draw, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&ImageOptions::pixel_density, "pixel_density", "Resolution of a drawn page in dots per inch.",
                    {.min = 10, .max = 2400, .aliases = {"density"}}),
      schema::field(&ImageOptions::width, "width", "Width of an image in pixels.", {.min = 1, .max = 30000}),
      schema::field(&ImageOptions::height, "height", "Height of an image in pixels.", {.min = 1, .max = 30000}),
      schema::field(&ImageOptions::fit, "fit",
                    "How a page fills width and height: max keeps its shape, stays inside and never enlarges what "
                    "pixel_density gives, crop fills both and cuts the overflow, scale stretches.",
                    {.values = {"max", "crop", "scale"}}),
      schema::field(&ImageOptions::quality, "quality", "Quality of a JPEG, 1 to 100.", {.min = 1, .max = 100}),
      schema::field(&ImageOptions::colorspace, "colorspace", "Colours of an image. cmyk is possible for jpg and tiff.",
                    {.values = {"unchanged", "rgb", "cmyk", "grayscale"}}),
      schema::field(&ImageOptions::grayscale, "grayscale", "The same as colorspace grayscale."),
      schema::field(&ImageOptions::transparent, "transparent", "Leave the background of a PNG transparent."),
      schema::field(&ImageOptions::antialias, "antialias", "Smooth the edges of text and lines."),
      schema::field(&ImageOptions::password, "password", "Password that opens a PDF.",
                    {.verbatim = true, .secret = true}),
  };

  bool gray() const { return grayscale || colorspace == "grayscale"; }
};

/// Of targets that keep text and lines as they are.
struct PageOptions {
  std::string pages;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&PageOptions::pages, "pages", "Pages to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&PageOptions::password, "password", "Password that opens a PDF.",
                    {.verbatim = true, .secret = true}),
  };
};

struct PdfOptions : PageOptions {
  bool pdf_a = false;

  static constexpr auto fields = std::tuple_cat(
      PageOptions::fields, std::tuple{schema::field(&PdfOptions::pdf_a, "pdf_a", "Write PDF/A-2b, for archives.")});
};

struct PdfAOptions {
  std::string conformance_level = "3b";
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&PdfAOptions::conformance_level, "conformance_level",
                    "Part and level of PDF/A: 1b has no transparency, 3b may carry attachments.",
                    {.values = {"1b", "2b", "3b"}}),
      schema::field(&PdfAOptions::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
  };
};

struct PdfXOptions {
  std::string conformance_level = "4";
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&PdfXOptions::conformance_level, "conformance_level",
                    "Kind of PDF/X, all with the colours of a printing press (CMYK): 1a and 3 have no transparency, 4 "
                    "keeps it.",
                    {.values = {"1a", "3", "4"}}),
      schema::field(&PdfXOptions::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
  };
};

struct OptimizeOptions {
  std::string profile = "web";
  std::optional<std::string> colorspace;
  bool flatten_signatures = false;

  static constexpr auto fields = std::tuple{
      schema::field(&OptimizeOptions::profile, "profile",
                    "What the document is for. web: pictures of 150 dpi in RGB; print: 300 dpi in CMYK; archive: "
                    "nothing is lost; mrc: scanned pages, split into sharp text and a coarse background; max: as small "
                    "as can be, 96 dpi and no metadata.",
                    {.values = {"web", "print", "archive", "mrc", "max"}}),
      schema::field(&OptimizeOptions::colorspace, "colorspace",
                    "Colours of the result; those of the profile if nothing is said.",
                    {.values = {"unchanged", "rgb", "cmyk", "grayscale"}}),
      schema::field(&OptimizeOptions::flatten_signatures, "flatten_signatures",
                    "Make visible signatures part of their pages and remove what signs; a changed document is not the "
                    "signed one any more."),
  };
};

}  // namespace recast::engines::ghostscript
