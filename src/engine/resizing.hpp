#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace recast::engine {

/// ImageMagick's arguments that fit pictures into width and height (processing.md 2.5): max keeps their shape and never
/// enlarges, crop fills both sides and cuts the overflow, scale stretches. For engines that draw pages whose shape a
/// plan does not know. Empty if neither side is given.
std::vector<std::string> resizing(std::optional<std::int64_t> width, std::optional<std::int64_t> height,
                                  std::string_view fit);

}  // namespace recast::engine
