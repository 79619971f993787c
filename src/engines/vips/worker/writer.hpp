#pragma once

#include <functional>
#include <span>
#include <string>
#include <vips/vips8>

#include "engines/vips/worker/order.hpp"
#include "engines/vips/worker/target.hpp"

namespace recast::engines::vips {

/// Where the bytes of one file go. Throws Fault if they cannot be written.
class Sink {
 public:
  explicit Sink(::vips::VTarget target) : target_(std::move(target)) {}
  void write(std::string_view bytes);
  std::uint64_t written() const { return written_; }
  const ::vips::VTarget& target() const { return target_; }

 private:
  ::vips::VTarget target_;
  std::uint64_t written_ = 0;
};

/// Encodes an image that Transform made. `frames` of an animation or pages of a TIFF lie one below the other with
/// page-height set. Throws vips::VError or Fault.
void write_image(::vips::VImage image, const Order& order, const Target& target, Sink& sink);

/// Calls `row` with every row of an 8-bit image, from the top.
void for_each_row(const ::vips::VImage& image, const std::function<void(std::span<const unsigned char>)>& row);

/// What an image compresses to in memory.
std::string to_png(const ::vips::VImage& image);
std::string to_jpg(const ::vips::VImage& image, int quality);

}  // namespace recast::engines::vips
