#pragma once

#include <string>

#include "engine/plan.hpp"

namespace recast::engines::calibre {

/// What these steps need to be installed besides calibre.
inline constexpr auto* kHelpExtractor = "extract_chmLib";

/// Takes a help file (chm) apart, which Debian's calibre fails to do, and makes a page of its table of contents. That
/// page, from which every other can be reached, is what calibre is to open.
std::string open_help_file(engine::Plan& plan, const std::string& input);

}  // namespace recast::engines::calibre
