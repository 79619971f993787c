#pragma once

#include <string>
#include <vector>

#include "engines/libreoffice/worker/kit.hpp"

/// Which fonts a document asks for and does not get. LibreOffice counts this itself (OutputDevice's font mapping use),
/// in structures that are no promise of its makers: they are read of versions whose layout is known, others tell
/// nothing.
namespace recast::libreoffice {

struct MissingFont {
  std::string asked;              ///< family the document names
  std::vector<std::string> used;  ///< families that stood in, in the order of their first use
};

/// From now on fonts are counted, for the one document this process works on.
void watch_fonts(const Kit& kit);
/// Those since watch_fonts() that are not installed, at most 100.
std::vector<MissingFont> missing_fonts(const Kit& kit);

}  // namespace recast::libreoffice
