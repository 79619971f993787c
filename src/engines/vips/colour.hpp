#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace recast::engines::vips {

/// "#rrggbb" or "#rgb", the number sign optional; nullopt for anything else.
std::optional<std::array<int, 3>> parse_colour(std::string_view text);

}  // namespace recast::engines::vips
