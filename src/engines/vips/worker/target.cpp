#include "engines/vips/worker/target.hpp"

#include <array>

namespace recast::engines::vips {

namespace {

constexpr int kAnything = 10'000'000;

constexpr auto kTargets = std::to_array<Target>({
    {.name = "jpg", .profile = true, .cmyk = true, .gray = true, .longest = 65'500},
    {.name = "png", .alpha = true, .profile = true, .deep = true, .gray = true, .longest = kAnything},
    {.name = "webp", .alpha = true, .profile = true, .longest = 16'383},
    {.name = "gif", .alpha = true, .longest = 65'535},
    {.name = "tiff", .alpha = true, .profile = true, .cmyk = true, .deep = true, .gray = true, .longest = kAnything},
    {.name = "avif", .alpha = true, .profile = true, .longest = 16'384},
    {.name = "heic", .alpha = true, .profile = true, .longest = 16'384},
    {.name = "heif", .alpha = true, .profile = true, .longest = 16'384},
    {.name = "jp2", .alpha = true, .deep = true, .gray = true, .longest = kAnything},
    {.name = "jxl", .alpha = true, .profile = true, .deep = true, .gray = true, .longest = kAnything},
    {.name = "ppm", .deep = true, .longest = kAnything},
    {.name = "pgm", .deep = true, .gray = true, .longest = kAnything},
    {.name = "bmp", .alpha = true, .gray = true, .longest = 32'767},
    {.name = "tga", .alpha = true, .gray = true, .longest = 65'535},
    {.name = "ico", .alpha = true, .longest = 256},
    {.name = "pdf", .gray = true, .longest = kAnything},
});

}  // namespace

const Target* find_target(std::string_view name) {
  for (const auto& target : kTargets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

}  // namespace recast::engines::vips
