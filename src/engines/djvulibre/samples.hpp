#pragma once

#include <string>

namespace recast::engines::djvulibre {

/// Two pages at 100 dots per inch: a black rectangle with the word Recast as hidden text, 60 x 30; red, 40 x 20.
std::string sample_document();

}  // namespace recast::engines::djvulibre
