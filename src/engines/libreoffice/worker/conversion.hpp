#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "engines/libreoffice/worker/kit.hpp"

namespace recast::libreoffice {

/// One conversion as the engine asks for it (the request is made in ../libreoffice.cpp).
struct Conversion {
  boost::json::object request;
  int input = -1;
  int output = -1;
  fs::path scratch;                  ///< writable
  std::uint64_t most_pixels = 0;     ///< of a page that is to be drawn; 0: no limit
  bool letter = false;               ///< paper of handouts
  std::function<void(int)> percent;  ///< may be empty
};

/// Loads, converts and writes one document. `keep` leaves it in memory, which is
/// right for a process that ends anyway. The result has a member `report` if the document asked for fonts that are not
/// there.
enum class After { keep, close };
Result<boost::json::object> convert(const Kit& kit, const Conversion& conversion, After after);

}  // namespace recast::libreoffice
