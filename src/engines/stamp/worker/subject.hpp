#pragma once

#include <cairo.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/stamp.hpp"

namespace recast::engines::stamp {

struct Rectangle {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

/// What a watermark shows, upright and solid: a text or an image. Its box begins at (0, 0).
class Subject {
 public:
  virtual ~Subject() = default;
  virtual double width() const = 0;
  virtual double height() const = 0;
  /// All that is painted, which may reach beyond the box.
  virtual Rectangle ink() const { return {0, 0, width(), height()}; }
  virtual Result<> paint(cairo_t* canvas) const = 0;
};

Result<std::unique_ptr<Subject>> make_text(const engine::stamp::Options& options);
/// A PNG, JPEG or SVG file, told apart by its content; open_failed for anything else. `file` is moved from.
Result<std::unique_ptr<Subject>> make_image(std::vector<char>& file, const engine::stamp::Options& options);

}  // namespace recast::engines::stamp
