#pragma once

#include <vips/vips8>

#include "engines/vips/worker/order.hpp"
#include "engines/vips/worker/source.hpp"
#include "engines/vips/worker/target.hpp"

namespace recast::engines::vips {

/// What happens to a page between decoding and encoding: orientation, rotation, size, colours, transparency.
/// Throws vips::VError, or Fault for a result that is too large.
class Transform {
 public:
  Transform(const Source& source, const Order& order, const Target& target)
      : source_(source), order_(order), target_(target) {}

  /// Page `index`, ready to be written.
  ::vips::VImage page(std::size_t index) const;
  /// All frames in one image, ready to be written; only for an animated source.
  ::vips::VImage roll() const;

 private:
  /// Factors for a page of that size as it lies in the file, and the part to cut out after them.
  struct Scale {
    double x = 1;
    double y = 1;
    int crop_width = 0;  ///< 0: no crop; as the finished image has them
    int crop_height = 0;
    bool none() const { return x == 1 && y == 1 && crop_width == 0; }
  };

  Scale scale(double width, double height) const;
  ::vips::VImage geometry(::vips::VImage image, int full_width, int full_height) const;
  ::vips::VImage turn(::vips::VImage image) const;
  ::vips::VImage colours(::vips::VImage image) const;
  bool turns_sideways(const ::vips::VImage& image) const;
  int quarter_turns() const;
  bool wants_gray() const {
    return order_.options.grayscale || order_.options.colorspace == "grayscale" || target_.name == "pgm";
  }

  const Source& source_;
  const Order& order_;
  const Target& target_;
};

}  // namespace recast::engines::vips
