#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "engine/plan.hpp"
#include "schema/field.hpp"

/// Watermarks: what the engines that put one on a document, a picture or a film have in common. The resident worker of
/// the engine `stamp` draws it, the engine of the file's kind lays it there (docs/decisions/0016).
namespace recast::engine::stamp {

/// processing.md 6. The image, if there is one, is the second input of a plan.
struct Options {
  std::string text;
  std::int64_t font_size = 40;
  std::optional<std::int64_t> font_width_percent;
  std::string font_color = "#000000";
  std::string font_name = "Arial";
  std::string font_align = "center";
  std::optional<std::int64_t> image_width;
  std::optional<std::int64_t> image_height;
  std::optional<std::int64_t> image_width_percent;
  std::string position_vertical = "center";
  std::string position_horizontal = "center";
  std::int64_t margin_vertical = 25;
  std::int64_t margin_horizontal = 25;
  std::int64_t opacity = 100;
  std::int64_t rotation = 0;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::text, "text",
                    "What the watermark says; \\n begins a new line. An image takes its place."),
      schema::field(&Options::font_size, "font_size", "Size of the text: points on a PDF, else pixels.",
                    {.min = 1, .max = 2'000}),
      schema::field(&Options::font_width_percent, "font_width_percent",
                    "Width of the text in percent of the page's or picture's, instead of font_size.",
                    {.min = 1, .max = 100}),
      schema::field(&Options::font_color, "font_color", "Colour of the text as #rrggbb."),
      schema::field(
          &Options::font_name, "font_name",
          "Font of the text. Fonts the machine does not have are replaced by free ones of the same widths or, "
          "where there are none, of the same kind.",
          {.values = {"Andale Mono",
                      "Arial",
                      "Arial Black",
                      "Arial Bold",
                      "Arial Bold Italic",
                      "Arial Italic",
                      "Courier New",
                      "Courier New Bold",
                      "Courier New Bold Italic",
                      "Courier New Italic",
                      "Georgia",
                      "Georgia Bold",
                      "Georgia Bold Italic",
                      "Georgia Italic",
                      "Helvetica",
                      "Helvetica Bold",
                      "Helvetica BoldOblique",
                      "Helvetica Narrow Bold",
                      "Helvetica Narrow BoldOblique",
                      "Helvetica Oblique",
                      "Impact",
                      "Times New Roman",
                      "Times New Roman Bold",
                      "Times New Roman Bold Italic",
                      "Times New Roman Italic",
                      "Trebuchet MS",
                      "Trebuchet MS Bold",
                      "Trebuchet MS Bold Italic",
                      "Trebuchet MS Italic",
                      "Verdana",
                      "Verdana Bold",
                      "Verdana Bold Italic",
                      "Verdana Italic"}}),
      schema::field(&Options::font_align, "font_align", "How the lines of a text of several stand to each other.",
                    {.values = {"left", "center", "right"}}),
      schema::field(&Options::image_width, "image_width",
                    "Width of the image: points on a PDF, else pixels. Alone it keeps the aspect ratio.",
                    {.min = 1, .max = 20'000}),
      schema::field(&Options::image_height, "image_height", "Height of the image. Alone it keeps the aspect ratio.",
                    {.min = 1, .max = 20'000}),
      schema::field(&Options::image_width_percent, "image_width_percent",
                    "Width of the image in percent of the page's or picture's, instead of image_width.",
                    {.min = 1, .max = 100}),
      schema::field(&Options::position_vertical, "position_vertical", "Where the watermark is, from top to bottom.",
                    {.values = {"top", "center", "bottom"}}),
      schema::field(&Options::position_horizontal, "position_horizontal", "Where the watermark is, from left to right.",
                    {.values = {"left", "center", "right"}}),
      schema::field(&Options::margin_vertical, "margin_vertical",
                    "Distance from the top or bottom: points on a PDF, else pixels. Nothing at the center.",
                    {.min = 0, .max = 20'000}),
      schema::field(&Options::margin_horizontal, "margin_horizontal",
                    "Distance from the left or right side. Nothing at the center.", {.min = 0, .max = 20'000}),
      schema::field(&Options::opacity, "opacity", "100 is solid, 0 is invisible.", {.min = 0, .max = 100}),
      schema::field(&Options::rotation, "rotation", "Degrees by which the watermark is turned clockwise.",
                    {.min = -360, .max = 360}),
  };
};

/// A watermark on PDF pages.
struct PageOptions : Options {
  std::string pages;
  std::string layer = "above";
  std::string password;

  static constexpr auto fields = std::tuple_cat(
      Options::fields,
      std::tuple{
          schema::field(&PageOptions::pages, "pages", "Pages that get the watermark, such as 1-3,5; all if empty.",
                        {.aliases = {"page_range"}}),
          schema::field(&PageOptions::layer, "layer", "Whether it lies above or below what the page shows.",
                        {.values = {"above", "below"}}),
          schema::field(&PageOptions::password, "password", "The password that opens an encrypted document.",
                        {.verbatim = true, .secret = true}),
      });
};

/// What is drawn, in the units of the page or picture, downwards from the top left corner of its box: the rectangle
/// around the turned text or image, by which it is placed.
struct Measures {
  double width = 0;
  double height = 0;
  double base = 0;  ///< width before it was turned, which percentages are about; 0 if they are not
  double left = 0;  ///< what is painted may reach beyond the box, as slanted letters do
  double top = 0;
  double right = 0;
  double bottom = 0;
};

json::object to_object(const Measures& measures);
Measures measures_of(const json::object& object);

/// Where the box comes to lie on a page or picture, downwards from its top left corner, and how much larger it is than
/// it was measured.
struct Place {
  double x = 0;
  double y = 0;
  double scale = 1;
};
Place place(const Options& options, const Measures& measures, double width, double height);

/// "#ff8000" as 0xff8000.
std::optional<unsigned> colour(std::string_view text);

/// Draws a stamp of its own size as tmp/stamp.pdf, and tmp/stamp.json with its Measures. invalid_data if an option is
/// wrong, or if there is neither text nor a second input; with an image the text is taken out of the options.
Result<> draw_page(Plan& plan, const Request& request, Options& options);

inline constexpr std::string_view kPicture = "tmp/stamp.png";
inline constexpr std::string_view kPlace = "tmp/place.txt";

/// Draws the stamp for the picture whose size the file `look` tells, in lines such as "width=640", as `kPicture`. The
/// file `kPlace` becomes `words`, in which {x} and {y} are replaced by where that has to be laid.
Result<> draw_picture(Plan& plan, const Request& request, Options& options, const std::string& look,
                      const std::string& words);

}  // namespace recast::engine::stamp
