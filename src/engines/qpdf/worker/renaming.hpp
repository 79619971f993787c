#pragma once

#include <map>
#include <string>

#include "engines/qpdf/worker/source.hpp"

namespace recast::engines::qpdf {

/// New names of named destinations: of those named by strings, and of those named by names ("/Chapter").
struct NewNames {
  std::map<std::string, std::string> strings;
  std::map<std::string, std::string> names;
};

/// Has every link, bookmark and action of a document speak of the new names.
void rename_destinations(const Source& source, const NewNames& names);

}  // namespace recast::engines::qpdf
