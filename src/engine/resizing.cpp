#include "engine/resizing.hpp"

#include <fmt/format.h>

namespace recast::engine {

std::vector<std::string> resizing(std::optional<std::int64_t> width, std::optional<std::int64_t> height,
                                  std::string_view fit) {
  if (!width && !height) return {};
  const auto box = fmt::format("{}x{}", width ? std::to_string(*width) : "", height ? std::to_string(*height) : "");
  if (fit == "max") return {"-resize", box + ">"};
  if (!width || !height) return {"-resize", box};
  if (fit == "crop") return {"-resize", box + "^", "-gravity", "center", "-extent", box};
  return {"-resize", box + "!"};
}

}  // namespace recast::engine
