#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::chrome {

/// What a client may say about a page made by the browser (processing.md 3.5 and 9). The engine checks it when it
/// plans; the resident worker reads the same table again.
struct Options {
  std::string pages;
  double zoom = 1;
  std::optional<double> page_width;
  std::optional<double> page_height;
  std::string page_format;
  std::string page_orientation = "portrait";
  double margin_top = 10;
  double margin_bottom = 10;
  double margin_left = 10;
  double margin_right = 10;
  bool print_background = true;
  bool display_header_footer = false;
  std::string header_template;
  std::string footer_template;
  std::string wait_until = "load";
  std::string wait_for_element;
  std::int64_t wait_time = 0;
  std::string css_media_type;
  std::int64_t screen_width = 1440;
  std::optional<std::int64_t> screen_height;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::optional<std::int64_t> quality;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages of the PDF, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::zoom, "zoom", "Scale of the content.", {.min = 0.1, .max = 2}),
      schema::field(&Options::page_width, "page_width", "Width of the paper in centimetres.", {.min = 1, .max = 500}),
      schema::field(&Options::page_height, "page_height", "Height of the paper in centimetres.",
                    {.min = 1, .max = 500}),
      schema::field(&Options::page_format, "page_format",
                    "Paper size; A4 if nothing is said, here or in the page's style.",
                    {.values = {"letter", "legal", "tabloid", "ledger", "a0", "a1", "a2", "a3", "a4", "a5", "a6"}}),
      schema::field(&Options::page_orientation, "page_orientation", "Which way the paper lies.",
                    {.values = {"portrait", "landscape"}}),
      schema::field(&Options::margin_top, "margin_top", "Upper margin in millimetres.", {.min = 0, .max = 2000}),
      schema::field(&Options::margin_bottom, "margin_bottom", "Lower margin in millimetres.", {.min = 0, .max = 2000}),
      schema::field(&Options::margin_left, "margin_left", "Left margin in millimetres.", {.min = 0, .max = 2000}),
      schema::field(&Options::margin_right, "margin_right", "Right margin in millimetres.", {.min = 0, .max = 2000}),
      schema::field(&Options::print_background, "print_background", "Print background colours and pictures."),
      schema::field(&Options::display_header_footer, "display_header_footer",
                    "Print a header and a footer on each page."),
      schema::field(&Options::header_template, "header_template",
                    "HTML of the header; elements of the classes date, title, pageNumber and totalPages are filled.",
                    {.verbatim = true}),
      schema::field(&Options::footer_template, "footer_template", "HTML of the footer, as the header's.",
                    {.verbatim = true}),
      schema::field(
          &Options::wait_until, "wait_until",
          "When the page counts as loaded: load, domcontentloaded, networkidle0 (nothing was loaded for 500 ms) "
          "or networkidle2 (at most two files were).",
          {.values = {"load", "domcontentloaded", "networkidle0", "networkidle2"}}),
      schema::field(&Options::wait_for_element, "wait_for_element", "CSS selector of an element that has to exist."),
      schema::field(&Options::wait_time, "wait_time", "Milliseconds to wait after that.", {.min = 0, .max = 300'000}),
      schema::field(&Options::css_media_type, "css_media_type", "Which style rules count; print for a PDF by default.",
                    {.values = {"print", "screen"}}),
      schema::field(&Options::screen_width, "screen_width", "Width of the browser window in pixels.",
                    {.min = 16, .max = 8192}),
      schema::field(&Options::screen_height, "screen_height",
                    "Height of the browser window in pixels; an image shows the whole page if empty.",
                    {.min = 16, .max = 16384}),
      schema::field(&Options::width, "width", "Width of the image in pixels.", {.min = 1, .max = 16384}),
      schema::field(&Options::height, "height", "Height of the image in pixels.", {.min = 1, .max = 16384}),
      schema::field(
          &Options::fit, "fit",
          "How the image fills width and height: max keeps its shape and never enlarges, crop fills both and cuts "
          "what is below and beside, scale stretches.",
          {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::quality, "quality", "Quality of a JPEG, 1 to 100.", {.min = 1, .max = 100}),
  };
};

/// What `capture-website` has besides; the operation has checked it.
struct Website {
  std::string url;
  std::map<std::string, std::string> headers;

  static constexpr auto fields = std::tuple{
      schema::field(&Website::url, "url", "Address of the page, http or https."),
      schema::field(&Website::headers, "headers", "More headers for requests to the page's own origin."),
  };
};

}  // namespace recast::engines::chrome
