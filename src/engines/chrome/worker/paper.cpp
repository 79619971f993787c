#include "engines/chrome/worker/paper.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace recast::chrome {

namespace {

struct Format {
  std::string_view name;
  double width, height;  // inches
};

constexpr double kMillimetres = 25.4;
constexpr double kCentimetres = 2.54;
constexpr std::size_t kPrescan = 4096;  // browsers look for a charset in the first 1024 bytes; we look further

constexpr std::array kFormats{
    Format{"letter", 8.5, 11},
    Format{"legal", 8.5, 14},
    Format{"tabloid", 11, 17},
    Format{"ledger", 17, 11},
    Format{"a0", 841 / kMillimetres, 1189 / kMillimetres},
    Format{"a1", 594 / kMillimetres, 841 / kMillimetres},
    Format{"a2", 420 / kMillimetres, 594 / kMillimetres},
    Format{"a3", 297 / kMillimetres, 420 / kMillimetres},
    Format{"a4", 210 / kMillimetres, 297 / kMillimetres},
    Format{"a5", 148 / kMillimetres, 210 / kMillimetres},
    Format{"a6", 105 / kMillimetres, 148 / kMillimetres},
};

}  // namespace

Paper paper(const Options& options) {
  const std::string_view name = options.page_format.empty() ? std::string_view("a4") : options.page_format;
  const auto& format = *std::ranges::find(kFormats, name, &Format::name);
  Paper result{format.width, format.height, !options.page_format.empty() || options.page_width || options.page_height};
  if (options.page_width) result.width = *options.page_width / kCentimetres;
  if (options.page_height) result.height = *options.page_height / kCentimetres;
  if (options.page_orientation == "landscape") {
    result.chosen = true;
    std::swap(result.width, result.height);
  }
  return result;
}

Shot frame(const Options& options, double width, double height) {
  Shot shot{0, 0, width, height, 1};
  if (!options.width && !options.height) return shot;
  const auto across = options.width ? static_cast<double>(*options.width) / width : 0;
  const auto down = options.height ? static_cast<double>(*options.height) / height : 0;
  if (!options.width || !options.height) {
    shot.scale = std::max(across, down);  // one of them is 0
    if (options.fit == "max") shot.scale = std::min(shot.scale, 1.0);
  } else if (options.fit == "max") {
    shot.scale = std::min({across, down, 1.0});
  } else if (options.fit == "crop") {
    shot.scale = std::max(across, down);
    shot.width = static_cast<double>(*options.width) / shot.scale;
    shot.height = static_cast<double>(*options.height) / shot.scale;
    shot.x = (width - shot.width) / 2;
    shot.y = 0;  // a page begins at its top
  }
  return shot;
}

std::string content_type(std::string_view document) {
  const auto head = lower(document.substr(0, kPrescan));
  const bool marked =
      document.starts_with("\xEF\xBB\xBF") || document.starts_with("\xFE\xFF") || document.starts_with("\xFF\xFE");
  if (marked || head.find("charset") != std::string::npos || !is_valid_utf8(document)) return "text/html";
  return "text/html; charset=utf-8";
}

}  // namespace recast::chrome
