#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::potrace {

/// processing.md 3.8. The worker reads the same table.
struct Options {
  std::int64_t colors = 1;
  double threshold = 0.5;
  std::int64_t despeckle = 2;
  double smooth = 1.0;
  std::string background;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::colors, "colors",
                    "Number of colours. 1 traces what is dark in black and leaves the rest transparent; with more, "
                    "each colour is a layer of its own.",
                    {.min = 1, .max = 16}),
      schema::field(&Options::threshold, "threshold", "Brightness below which a pixel is dark, if there is one colour.",
                    {.min = 0, .max = 1}),
      schema::field(&Options::despeckle, "despeckle", "Spots of up to so many pixels are left out.",
                    {.min = 0, .max = 10'000}),
      schema::field(&Options::smooth, "smooth", "How round corners become, from 0 (polygons) to 1.3.",
                    {.min = 0, .max = 1.3}),
      schema::field(&Options::background, "background",
                    "Colour behind transparent parts of the image, such as #ff8000; white if empty."),
  };
};

}  // namespace recast::engines::potrace
