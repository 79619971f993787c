#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/plan.hpp"
#include "schema/field.hpp"

/// What engines that draw vector files have in common.
namespace recast::engine::drawing {

/// processing.md 3.7.
struct Options {
  std::int64_t pixel_density = 96;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string fit = "max";
  std::string background;
  bool text_to_path = false;
  std::string pages;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pixel_density, "pixel_density", "Dots per inch of an image.",
                    {.min = 10, .max = 2'400, .aliases = {"density"}}),
      schema::field(&Options::width, "width",
                    "Width of an image in pixels. It is drawn at that size, so a width or height alone also enlarges.",
                    {.min = 1, .max = 30'000}),
      schema::field(&Options::height, "height", "Height of an image in pixels.", {.min = 1, .max = 30'000}),
      schema::field(&Options::fit, "fit",
                    "How a drawing fills width and height: max keeps its shape and stays inside, crop fills both and "
                    "cuts the overflow, scale stretches.",
                    {.values = {"max", "crop", "scale"}}),
      schema::field(&Options::background, "background",
                    "Colour behind an image, such as #ff8000; transparent if empty."),
      schema::field(&Options::text_to_path, "text_to_path",
                    "Turn text into outlines: it looks the same everywhere, and can no longer be searched or edited."),
      schema::field(&Options::pages, "pages", "Pages of a PDF to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
  };

  /// Width and height are a box to be filled, of which parts are cut off.
  bool crops() const { return width && height && fit == "crop"; }
  /// Width and height are a box to stay inside of.
  bool stays_inside() const { return width && height && fit == "max"; }
  /// The side of a square that covers the box even if the drawing is half as long again as it is wide.
  std::int64_t covering_side() const;
};

/// invalid_data for a background that is no colour.
Result<> check(const Options& options);

/// Makes tmp/out.png, which has at least the size asked for, out/out.png of just that size.
void fit_box(Plan& plan, const Options& options);

}  // namespace recast::engine::drawing
