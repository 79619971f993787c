#pragma once

#include <functional>
#include <string_view>

#include "engines/stamp/worker/subject.hpp"

namespace recast::engines::stamp {

using Write = std::function<bool(std::string_view bytes)>;

/// A watermark: its subject, turned and made transparent.
class Drawing {
 public:
  Drawing(const Subject& subject, const engine::stamp::Options& options);

  const engine::stamp::Measures& measures() const { return measures_; }

  /// A page of just what is painted.
  Result<> write_pdf(const Write& write) const;

  struct Canvas {
    double width = 0;  ///< pixels
    double height = 0;
    double aspect = 1;  ///< width of a pixel by its height
  };
  struct Corner {
    int x = 0;
    int y = 0;
  };
  /// The part of a canvas on which something is painted, as PNG, and where on the canvas it belongs.
  Result<Corner> write_png(const Canvas& canvas, const Write& write) const;

 private:
  Result<> paint(cairo_t* canvas) const;

  const Subject& subject_;
  const engine::stamp::Options& options_;
  Rectangle box_;  ///< around the turned box of the subject, seen from the middle of it
  engine::stamp::Measures measures_;
};

}  // namespace recast::engines::stamp
