#pragma once

#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace recast::engines::imagemagick {

std::vector<engine::Conversion> conversions();

bool is_raw(std::string_view format);
bool is_drawing(std::string_view format);
/// Whether each image of a file is a page of its own, not another size or a layer of one picture.
bool is_paged(std::string_view format);
/// Whether a file's frames may be parts that have to be put together before one can be looked at.
bool is_animated(std::string_view format);
/// Whether all images of a `from` go into one file of format `to`.
bool joins(std::string_view from, std::string_view to);

}  // namespace recast::engines::imagemagick
