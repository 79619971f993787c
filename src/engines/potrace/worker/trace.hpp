#pragma once

#include <functional>
#include <string>

#include "engines/potrace/options.hpp"
#include "engines/potrace/worker/pixmap.hpp"

namespace recast::engines::potrace {

/// The image as SVG. Layers lie on each other from the brightest to the darkest colour, and each covers all the later
/// ones too: no gaps between neighbours. With one colour there is one layer, of what is black.
Result<std::string> trace(const Pixmap& pixmap, const Options& options, const std::function<void(int)>& percent);

}  // namespace recast::engines::potrace
