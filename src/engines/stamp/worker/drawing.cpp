#include "engines/stamp/worker/drawing.hpp"

#include <cairo-pdf.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace recast::engines::stamp {

namespace {

constexpr double kHalfTurn = 180;
constexpr int kLongestSide = 32'000;  ///< of an image of Cairo's

struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeCanvas {
  void operator()(cairo_t* canvas) const { cairo_destroy(canvas); }
};
using Surface = std::unique_ptr<cairo_surface_t, FreeSurface>;
using CanvasHandle = std::unique_ptr<cairo_t, FreeCanvas>;

cairo_status_t pass_on(void* write, const unsigned char* bytes, unsigned size) {
  const auto& to = *static_cast<const Write*>(write);
  return to({reinterpret_cast<const char*>(bytes), size}) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}
/// Cairo's callbacks take a pointer that is not const.
void* closure(const Write& write) { return const_cast<Write*>(&write); }

Result<> check(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return {};
  if (status == CAIRO_STATUS_NO_MEMORY)
    return fail(ErrorCode::memory_limit, "The watermark needs more memory than allowed.");
  return fail(ErrorCode::conversion_failed,
              std::string("The watermark cannot be drawn: ") + cairo_status_to_string(status));
}

/// The rectangle around one that is turned about (0, 0), clockwise where y grows downwards.
Rectangle around(const Rectangle& one, double angle) {
  const double cosine = std::cos(angle), sine = std::sin(angle);
  Rectangle all{HUGE_VAL, HUGE_VAL, -HUGE_VAL, -HUGE_VAL};
  for (const double x : {one.left, one.right}) {
    for (const double y : {one.top, one.bottom}) {
      const double turned_x = x * cosine - y * sine, turned_y = x * sine + y * cosine;
      all = {std::min(all.left, turned_x), std::min(all.top, turned_y), std::max(all.right, turned_x),
             std::max(all.bottom, turned_y)};
    }
  }
  return all;
}

/// Quarters of a turn are exact, so that a turned box has whole sides.
double angle_of(std::int64_t degrees) {
  const auto whole = (degrees % 360 + 360) % 360;
  return static_cast<double>(whole) * std::numbers::pi / kHalfTurn;
}

Rectangle centred(const Rectangle& one, double width, double height) {
  return {one.left - width / 2, one.top - height / 2, one.right - width / 2, one.bottom - height / 2};
}

}  // namespace

Drawing::Drawing(const Subject& subject, const engine::stamp::Options& options) : subject_(subject), options_(options) {
  const double width = subject.width(), height = subject.height(), angle = angle_of(options.rotation);
  box_ = around(centred({0, 0, width, height}, width, height), angle);
  const auto ink = around(centred(subject.ink(), width, height), angle);
  measures_ = {.width = box_.width(),
               .height = box_.height(),
               .base = width,
               .left = ink.left - box_.left,
               .top = ink.top - box_.top,
               .right = ink.right - box_.left,
               .bottom = ink.bottom - box_.top};
}

/// With the corner of the box at (0, 0).
Result<> Drawing::paint(cairo_t* canvas) const {
  constexpr double kSolid = 100;
  const bool solid = options_.opacity >= 100;
  cairo_save(canvas);
  cairo_translate(canvas, -box_.left, -box_.top);
  cairo_rotate(canvas, angle_of(options_.rotation));
  cairo_translate(canvas, -subject_.width() / 2, -subject_.height() / 2);
  if (!solid) cairo_push_group(canvas);
  RECAST_CHECK(subject_.paint(canvas));
  if (!solid) {
    cairo_pop_group_to_source(canvas);
    cairo_paint_with_alpha(canvas, static_cast<double>(options_.opacity) / kSolid);
  }
  cairo_restore(canvas);
  return check(cairo_status(canvas));
}

Result<> Drawing::write_pdf(const Write& write) const {
  const double width = measures_.right - measures_.left, height = measures_.bottom - measures_.top;
  const Surface surface(cairo_pdf_surface_create_for_stream(&pass_on, closure(write), width, height));
  {
    const CanvasHandle canvas(cairo_create(surface.get()));
    cairo_translate(canvas.get(), -measures_.left, -measures_.top);
    RECAST_CHECK(paint(canvas.get()));
    cairo_show_page(canvas.get());
  }
  cairo_surface_finish(surface.get());
  return check(cairo_surface_status(surface.get()));
}

Result<Drawing::Corner> Drawing::write_png(const Canvas& canvas, const Write& write) const {
  const double width = canvas.width * canvas.aspect;
  const auto place = engine::stamp::place(options_, measures_, width, canvas.height);
  const auto whole = [](double value, double most) { return static_cast<int>(std::clamp(value, 0.0, most)); };
  const auto column = [&](double x) { return (place.x + x * place.scale) / canvas.aspect; };
  const auto row = [&](double y) { return place.y + y * place.scale; };
  // One empty pixel at least, if nothing of it is to be seen.
  const int left = whole(std::floor(column(measures_.left)), canvas.width - 1);
  const int top = whole(std::floor(row(measures_.top)), canvas.height - 1);
  const int right = std::max(left + 1, whole(std::ceil(column(measures_.right)), canvas.width));
  const int bottom = std::max(top + 1, whole(std::ceil(row(measures_.bottom)), canvas.height));
  if (right - left > kLongestSide || bottom - top > kLongestSide)
    return fail(ErrorCode::pixel_limit, "The watermark would have more pixels than allowed.");
  const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, right - left, bottom - top));
  const CanvasHandle context(cairo_create(surface.get()));
  cairo_translate(context.get(), -left, -top);
  cairo_scale(context.get(), 1 / canvas.aspect, 1);
  cairo_translate(context.get(), place.x, place.y);
  cairo_scale(context.get(), place.scale, place.scale);
  RECAST_CHECK(paint(context.get()));
  RECAST_CHECK(check(cairo_surface_write_to_png_stream(surface.get(), &pass_on, closure(write))));
  return Corner{left, top};
}

}  // namespace recast::engines::stamp
