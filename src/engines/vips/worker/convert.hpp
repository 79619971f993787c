#pragma once

#include <boost/json/object.hpp>
#include <functional>

#include "engines/vips/worker/bitmap.hpp"
#include "engines/vips/worker/order.hpp"

namespace recast::engines::vips {

/// Loads libvips and takes away every loader and saver that convert() does not name: no ImageMagick, no PDF, no CSV.
/// Starts no thread. Call once per process.
Result<> start_library(const char* program);
/// Its version, such as "8.14.1".
std::string library_version();

/// Converts an image in memory to the file `output`. With order.sequence, `output` becomes a sequence of files (see
/// worker::append_to_sequence). The object tells what was made: {"files": 2, "width": 640, "height": 480}.
Result<boost::json::object> convert(Bytes input, int output, const Order& order,
                                    const std::function<void(int)>& percent = {});

}  // namespace recast::engines::vips
