#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "engines/vips/options.hpp"
#include "engines/vips/worker/bitmap.hpp"
#include "format/page_list.hpp"

namespace recast::engines::vips {

/// A picture to be laid over another, in bytes that outlive the order.
struct Overlay {
  Bytes png;
  int x = 0;
  int y = 0;
};

/// One conversion as the engine asked for it.
struct Order {
  std::string from;
  std::string to;
  bool sequence = false;          ///< every page becomes a file
  std::uint64_t pixel_limit = 0;  ///< of all pages together; 0: none
  Options options;
  format::PageList pages;
  bool measure = false;  ///< nothing is converted: the output is its size, in lines such as "width=640"
  bool overlay = false;  ///< a stamp is laid over every page; the worker reads it from its further inputs
  Overlay stamp;

  static Result<Order> parse(const boost::json::object& request);
};

}  // namespace recast::engines::vips
