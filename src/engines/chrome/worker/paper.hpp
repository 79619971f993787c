#pragma once

#include <optional>
#include <string>

#include "engines/chrome/options.hpp"

namespace recast::chrome {

using engines::chrome::Options;

/// Paper in inches, as the browser wants it, lying as the orientation says.
struct Paper {
  double width = 0;
  double height = 0;
  bool chosen = false;  ///< the client said something, so the page's own @page size does not count
};
Paper paper(const Options& options);

/// What of a page becomes an image: the part to photograph (CSS pixels), how much it is scaled, and the exact size to
/// stretch it to afterwards if the browser's camera, which keeps the shape, cannot do it.
struct Shot {
  double x = 0, y = 0, width = 0, height = 0;
  double scale = 1;
};
/// `width` and `height` are those of the whole picture without any option, in CSS pixels.
Shot frame(const Options& options, double width, double height);

/// The content type the document is served with: a charset only where the document does not name its own.
std::string content_type(std::string_view document);

}  // namespace recast::chrome
