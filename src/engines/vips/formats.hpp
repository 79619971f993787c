#pragma once

#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace recast::engines::vips {

std::vector<engine::Conversion> conversions();

/// What can be read and written back as it was: pictures that get a watermark.
std::vector<engine::Conversion> rewritten();

/// Whether all pages of a `from` go into one file of format `to`: frames into frames, pages into pages.
bool joins(std::string_view from, std::string_view to);
/// Whether one `from` may give several files of format `to` if pages are chosen as said.
bool gives_several(std::string_view from, std::string_view to, bool pages_named);
/// Targets that can hold CMYK.
bool holds_cmyk(std::string_view to);

}  // namespace recast::engines::vips
