#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "engines/vips/options.hpp"
#include "format/page_list.hpp"

namespace recast::engines::vips {

/// One conversion as the engine asked for it.
struct Order {
  std::string from;
  std::string to;
  bool sequence = false;          ///< every page becomes a file
  std::uint64_t pixel_limit = 0;  ///< of all pages together; 0: none
  Options options;
  format::PageList pages;

  static Result<Order> parse(const boost::json::object& request);
};

}  // namespace recast::engines::vips
