#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "schema/field.hpp"

namespace recast::libreoffice {

/// What a client may ask of an office conversion (processing.md 3.4 and, for images, 3.6).
struct Options {
  std::string pages;
  bool optimize_print = true;
  bool pdf_a = false;
  bool include_markup = false;
  bool bookmarks = false;
  bool hidden_slides = false;
  std::string output_type = "slides";
  std::int64_t slides_per_handout_page = 6;
  std::string password;
  bool single_page = false;
  std::vector<std::string> sheets;
  std::optional<std::string> separator;
  bool all_sheets = false;
  std::int64_t pixel_density = 150;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::optional<std::int64_t> quality;
  bool strip = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages",
                    "Pages, slides or printed sheet pages to convert, such as 1-3,5; all if empty. To PDF and images.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::optimize_print, "optimize_print",
                    "Keep images in print quality; false makes a smaller file for the screen. To PDF."),
      schema::field(&Options::pdf_a, "pdf_a", "Write PDF/A-2b, for archiving."),
      schema::field(&Options::include_markup, "include_markup",
                    "Show tracked changes, and comments as notes. Text and slides to PDF and images."),
      schema::field(&Options::bookmarks, "bookmarks", "Make an outline from the headings. Text to PDF."),
      schema::field(&Options::hidden_slides, "hidden_slides", "Include hidden slides. Slides to PDF and images."),
      schema::field(&Options::output_type, "output_type", "What to make of a presentation. Slides to PDF and images.",
                    {.values = {"slides", "handouts", "notes", "outline"}}),
      schema::field(&Options::slides_per_handout_page, "slides_per_handout_page",
                    "Slides on a page of handouts: 1, 2, 3, 4, 6 or 9.", {.min = 1, .max = 9}),
      schema::field(&Options::password, "password",
                    "Opens a protected file. If the file is not protected, the PDF is encrypted with it.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Options::single_page, "single_page",
                    "Put each sheet on one page of its size. Sheets to PDF and images."),
      schema::field(
          &Options::sheets, "sheets",
          "Names or numbers (from 1) of the sheets to convert; all if empty. Sheets to PDF, images and text."),
      schema::field(&Options::separator, "separator",
                    "Column separator of csv: one character. When reading it is found out, when writing it is a comma, "
                    "if this is empty.",
                    {.verbatim = true}),
      schema::field(&Options::all_sheets, "all_sheets", "One csv file per sheet; else only the first sheet."),
      schema::field(&Options::pixel_density, "pixel_density", "Density of images in dots per inch.",
                    {.min = 10, .max = 1200, .aliases = {"density"}}),
      schema::field(&Options::width, "width", "Width of images in pixels.", {.min = 1, .max = 20000}),
      schema::field(&Options::height, "height", "Height of images in pixels.", {.min = 1, .max = 20000}),
      schema::field(
          &Options::fit, "fit",
          "max: shrink into width and height; crop: fill them and cut what hangs over; scale: exactly that size.",
          {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::quality, "quality", "Quality of jpg images, 1 to 100.", {.min = 1, .max = 100}),
      schema::field(&Options::strip, "strip", "Leave metadata out of images. They never have any."),
  };
};

}  // namespace recast::libreoffice
