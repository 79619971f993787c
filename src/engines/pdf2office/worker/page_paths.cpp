#include "engines/pdf2office/worker/page_paths.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace recast::engines::pdf2office {

namespace {

constexpr double kThinnest = 3.0;             // a filled rectangle that is thinner is a line
constexpr std::size_t kMostPoints = 100'000;  // of a path
constexpr std::size_t kMostOnPage = 50'000;   // segments, drawings, fills
constexpr std::size_t kMostInDocument = 10'000'000;

struct Point {
  double x = 0;
  double y = 0;
};

struct Contour {
  std::vector<Point> points;
  bool straight = true;
};

struct Path {
  bool stroke = false;
  bool white = false;
  bool unseen = false;
  bool curved = false;
  std::uint32_t colour = 0;
  double matrix[6] = {1, 0, 0, 1, 0, 0};
  std::vector<Contour> contours;
  std::optional<Box> box;
  std::size_t points = 0;

  Point place(double x, double y) const {
    return {matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5]};
  }
  void reach(Point point) {
    if (!box) box = Box{point.x, point.y, point.x, point.y};
    box->x0 = std::min(box->x0, point.x);
    box->y0 = std::min(box->y0, point.y);
    box->x1 = std::max(box->x1, point.x);
    box->y1 = std::max(box->y1, point.y);
  }
};

std::uint32_t rgb(const double* parts, std::size_t count) {
  double channels[3] = {1, 1, 1};
  if (count == 1) std::fill_n(channels, 3, parts[0]);
  if (count == 3) std::copy_n(parts, 3, channels);
  if (count == 4) {
    for (int i = 0; i < 3; ++i) channels[i] = (1 - parts[i]) * (1 - parts[3]);
  }
  std::uint32_t colour = 0;
  for (const auto channel : channels) {
    colour = (colour << 8U) | static_cast<std::uint32_t>(std::clamp(std::nearbyint(channel * 255), 0.0, 255.0));
  }
  return colour;
}

/// White by the colour space's own measure: that of CMYK is all zero.
bool is_white(const double* parts, std::size_t count) {
  if (count == 4) return std::all_of(parts, parts + count, [](double part) { return part < 0.02; });
  return std::all_of(parts, parts + count, [](double part) { return part > 0.98; });
}

Box bounds(const std::vector<Point>& points) {
  Box box{points[0].x, points[0].y, points[0].x, points[0].y};
  for (const auto& [x, y] : points) {
    box = {std::min(box.x0, x), std::min(box.y0, y), std::max(box.x1, x), std::max(box.y1, y)};
  }
  return box;
}

/// A filled rectangle is a line if it is thin; a wider one shades a cell, whose sides it then shows.
void add_filled(const Contour& contour, std::vector<Segment>& out) {
  constexpr std::size_t kCorners = 6;  // with the way back, and one doubled
  if (contour.points.size() > kCorners) return;
  const auto box = bounds(contour.points);
  const bool corners = std::ranges::all_of(contour.points, [&](const Point& point) {
    return std::min(std::abs(point.x - box.x0), std::abs(point.x - box.x1)) < 0.5 ||
           std::min(std::abs(point.y - box.y0), std::abs(point.y - box.y1)) < 0.5;
  });
  if (!corners) return;
  const bool wide = box.width() > kThinnest, high = box.height() > kThinnest;
  if (wide && !high) out.push_back({true, (box.y0 + box.y1) / 2, box.x0, box.x1});
  if (high && !wide) out.push_back({false, (box.x0 + box.x1) / 2, box.y0, box.y1});
  if (!wide || !high) return;
  out.push_back({true, box.y0, box.x0, box.x1});
  out.push_back({true, box.y1, box.x0, box.x1});
  out.push_back({false, box.x0, box.y0, box.y1});
  out.push_back({false, box.x1, box.y0, box.y1});
}

void add_stroked(const Contour& contour, std::vector<Segment>& out) {
  for (std::size_t i = 0; i + 1 < contour.points.size(); ++i) {
    const auto a = contour.points[i], b = contour.points[i + 1];
    const auto [left, right] = std::minmax(a.x, b.x);
    const auto [top, bottom] = std::minmax(a.y, b.y);
    if (bottom - top < 0.5 && right - left > kThinnest) {
      out.push_back({true, (a.y + b.y) / 2, left, right});
    } else if (right - left < 0.5 && bottom - top > kThinnest) {
      out.push_back({false, (a.x + b.x) / 2, top, bottom});
    }
  }
}

class PathHandler final : public ElementHandler {
 public:
  explicit PathHandler(Document& document) : document_(document) {}

  void start(std::string_view name, const Attributes& attributes) override {
    if (name == "page") {
      page_ = next_page_ < document_.pages.size() ? document_.pages[next_page_++].get() : nullptr;
    } else if (name == "fill_path" || name == "stroke_path") {
      open(name == "stroke_path", attributes);
    } else if (path_) {
      add(name, attributes);
    } else if (page_ != nullptr && (name.starts_with("fill_image") || name == "fill_shade")) {
      page_->painted = true;
    }
  }

  void end(std::string_view name) override {
    if (path_ && (name == "fill_path" || name == "stroke_path")) close();
  }

 private:
  void open(bool stroke, const Attributes& attributes);
  void add(std::string_view name, const Attributes& attributes);
  void close();
  template <class T>
  void keep(std::vector<T>& list, const T& one) {
    if (list.size() < kMostOnPage && total_ < kMostInDocument) {
      list.push_back(one);
      ++total_;
    }
  }

  Document& document_;
  Page* page_ = nullptr;
  std::size_t next_page_ = 0;
  std::size_t total_ = 0;
  std::optional<Path> path_;
};

void PathHandler::open(bool stroke, const Attributes& attributes) {
  constexpr double kFaintest = 0.05;
  path_.reset();
  if (page_ == nullptr) return;
  path_.emplace();
  path_->stroke = stroke;
  read_numbers(attributes.text("transform"), path_->matrix, 6);
  double parts[5] = {};
  const auto count = std::max<std::size_t>(read_numbers(attributes.text("color"), parts, 5), 1);
  path_->colour = rgb(parts, count);
  path_->white = is_white(parts, count);
  path_->unseen = attributes.number("alpha", 1) < kFaintest;
}

void PathHandler::add(std::string_view name, const Attributes& attributes) {
  auto& path = *path_;
  if (++path.points > kMostPoints) return;
  auto& contours = path.contours;
  for (const auto& [x, y] : {std::pair{"x", "y"}, {"x1", "y1"}, {"x2", "y2"}, {"x3", "y3"}}) {
    if (attributes.has(x) && attributes.has(y)) path.reach(path.place(attributes.number(x), attributes.number(y)));
  }
  if (name.starts_with("curve")) {
    path.curved = true;
    if (!contours.empty()) contours.back().straight = false;
  } else if (name == "moveto" || (name == "lineto" && contours.empty())) {
    contours.push_back({.points = {path.place(attributes.number("x"), attributes.number("y"))}});
  } else if (name == "lineto") {
    contours.back().points.push_back(path.place(attributes.number("x"), attributes.number("y")));
  } else if (name == "closepath" && !contours.empty()) {
    contours.back().points.push_back(contours.back().points.front());
  }
}

void PathHandler::close() {
  const auto path = *std::move(path_);
  path_.reset();
  auto& page = *page_;
  if (path.box) {
    const auto& box = *path.box;
    const bool background = box.width() > 0.9 * page.width && box.height() > 0.9 * page.height;
    if (!background) keep(page.drawings, Drawing{box, path.curved});
    if (!path.stroke && !path.curved && box.width() > kThinnest && box.height() > kThinnest) {
      keep(page.fills, Fill{box, path.colour});
    }
  }
  if (path.white || path.unseen) return;
  page.painted = true;
  std::vector<Segment> segments;
  for (const auto& contour : path.contours) {
    if (!contour.straight || contour.points.size() < 2) continue;
    if (path.stroke) {
      add_stroked(contour, segments);
    } else {
      add_filled(contour, segments);
    }
  }
  for (const auto& segment : segments) {
    // What goes over the whole page is its background.
    const auto longest = segment.horizontal ? page.width : page.height;
    const auto farthest = segment.horizontal ? page.height : page.width;
    const bool inside = segment.at >= -1 && segment.at <= farthest + 1;
    if (inside && segment.to - segment.from < 0.97 * longest) keep(page.segments, segment);
  }
}

}  // namespace

void read_paths(const NextPiece& next, Document& document) {
  PathHandler handler(document);
  (void)read_xml(next, handler);  // a trace that ends early has told of the pages before
}

}  // namespace recast::engines::pdf2office
