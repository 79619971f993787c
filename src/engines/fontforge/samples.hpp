#pragma once

#include <string>

namespace recast::engines::fontforge {

/// A TrueType font "Recast Sample" with the glyphs .notdef, A and B, for probes and tests.
std::string sample_font();

}  // namespace recast::engines::fontforge
