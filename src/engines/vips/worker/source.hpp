#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>
#include <vips/vips8>

#include "base/result.hpp"
#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/order.hpp"

namespace recast::engines::vips {

/// The image of a job, opened by what its bytes are. Only the loaders named in source.cpp are ever used. The bytes must
/// outlive every image made from it.
class Source {
 public:
  /// open_failed if no loader knows the bytes, pixel_limit if the chosen pages hold too many pixels.
  static Result<Source> open(Bytes bytes, const Order& order);

  /// The chosen pages in the order they will be converted.
  std::size_t count() const { return pages_.size(); }
  /// Frames of one animation: all have the same size, and one image of all of them can be had.
  bool animated() const { return animated_; }
  /// Width and height of page `index` before any orientation or scaling.
  int width(std::size_t index) const { return sizes_[index].width; }
  int height(std::size_t index) const { return sizes_[index].height; }
  const std::string& kind() const { return kind_; }
  bool is_vector() const { return kind_ == "svg"; }
  bool is_lossy() const { return kind_ == "jpg" || kind_ == "webp" || kind_ == "heic" || kind_ == "avif"; }

  /// Page `index`, lazily decoded from top to bottom, already smaller by up to `shrink` if the format can do that
  /// cheaply. May throw vips::VError.
  ::vips::VImage page(std::size_t index, double shrink) const;
  /// The chosen frames one below the other, with page-height, delay and loop set. May throw vips::VError.
  ::vips::VImage roll() const;

 private:
  struct Size {
    int width = 0;
    int height = 0;
  };

  Result<> find_kind(const Order& order);
  Result<> choose_pages(const Order& order, int available, int preferred);
  Result<> measure(std::uint64_t pixel_limit);
  Result<> open_icon(const Order& order);
  ::vips::VImage load(::vips::VOption* options) const;
  ::vips::VImage load_bitmap() const;
  ::vips::VImage load_icon(std::size_t index) const;

  Bytes bytes_;
  std::string kind_;    ///< a key of the table of loaders, or "bmp", "tga", "ico"
  std::string loader_;  ///< libvips' operation
  bool animated_ = false;
  bool paged_ = false;  ///< the loader has a `page` option that is to be used
  std::uint64_t pixel_limit_ = 0;
  int density_ = 96;
  std::vector<int> pages_;  ///< numbers in the file, from 0
  std::vector<Size> sizes_;
  std::vector<IconEntry> icons_;
};

}  // namespace recast::engines::vips
