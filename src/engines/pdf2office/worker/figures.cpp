#include "engines/pdf2office/worker/figures.hpp"

#include <algorithm>

namespace recast::engines::pdf2office {

namespace {

constexpr std::size_t kMostPaths = 3'000;  // more are a map: one figure
constexpr double kNear = 4;                // points
constexpr double kSmallest = 40;

bool touch(const Box& a, const Box& b) {
  return a.x0 - kNear <= b.x1 && b.x0 - kNear <= a.x1 && a.y0 - kNear <= b.y1 && b.y0 - kNear <= a.y1;
}

Figure united(const Figure& a, const Figure& b) {
  Figure result;
  static_cast<Box&>(result) = {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
  result.paths = a.paths + b.paths;
  result.curved = a.curved || b.curved;
  return result;
}

bool is_of_figure(const Drawing& drawing, const Page& page, const std::vector<Table>& tables) {
  if (drawing.width() > 0.6 * page.width && drawing.height() > 0.6 * page.height) return false;  // a background
  if (drawing.x1 <= 0 || drawing.y1 <= 0 || drawing.x0 >= page.width || drawing.y0 >= page.height) return false;
  return std::ranges::none_of(tables, [&](const Table& table) {
    return table.x0 - 3 <= drawing.x0 && drawing.x1 <= table.x1 + 3 && table.y0 - 3 <= drawing.y0 &&
           drawing.y1 <= table.y1 + 3;
  });
}

}  // namespace

std::vector<Figure> figures_of(const Page& page, const std::vector<Table>& tables) {
  std::vector<Figure> parts;
  for (const auto& drawing : page.drawings) {
    if (!is_of_figure(drawing, page, tables)) continue;
    Figure part;
    static_cast<Box&>(part) = drawing;
    part.paths = 1;
    part.curved = drawing.curved;
    parts.push_back(part);
  }
  if (parts.size() > kMostPaths) {
    auto whole = parts.front();
    for (const auto& part : parts) whole = united(whole, part);
    parts = {whole};
  }
  std::vector<Figure> figures;
  for (auto part : parts) {
    for (;;) {
      const auto near = std::ranges::find_if(figures, [&](const Figure& one) { return touch(part, one); });
      if (near == figures.end()) break;
      part = united(part, *near);
      figures.erase(near);
    }
    figures.push_back(part);
  }
  std::erase_if(figures, [](const Figure& one) {
    const bool drawn = (one.curved && one.paths >= 2) || one.paths >= 8;
    return !drawn || one.width() < kSmallest || one.height() < kSmallest;
  });
  return figures;
}

}  // namespace recast::engines::pdf2office
