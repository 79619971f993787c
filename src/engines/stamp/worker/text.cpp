#include <pango/pangocairo.h>

#include <algorithm>

#include "base/text.hpp"
#include "engines/stamp/worker/fonts.hpp"
#include "engines/stamp/worker/subject.hpp"

namespace recast::engines::stamp {

namespace {

struct Release {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeOptions {
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
};

/// Letters are not fitted to pixels: they have the same widths at any size, on paper and on a screen.
void free_of_pixels(PangoContext* context) {
  const std::unique_ptr<cairo_font_options_t, FreeOptions> options(cairo_font_options_create());
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context, options.get());
  pango_context_set_round_glyph_positions(context, FALSE);
}

/// What a command line makes of a new line is one, too. Characters that end a paragraph or steer are nothing to draw.
std::string lines_of(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size() && text[at + 1] == 'n') {
      result += '\n';
      ++at;
    } else if (c == '\n' || c == '\t' || static_cast<unsigned char>(c) >= ' ') {
      result += c;
    }
  }
  return result;
}

Rectangle in_units(const PangoRectangle& rectangle) {
  constexpr double kScale = PANGO_SCALE;
  return {rectangle.x / kScale, rectangle.y / kScale, (rectangle.x + rectangle.width) / kScale,
          (rectangle.y + rectangle.height) / kScale};
}

class Text final : public Subject {
 public:
  Text(const engine::stamp::Options& options, unsigned colour) : colour_(colour) {
    map_.reset(pango_cairo_font_map_new());
    context_.reset(pango_font_map_create_context(map_.get()));
    free_of_pixels(context_.get());
    layout_.reset(pango_layout_new(context_.get()));
    const auto font = find_font(options.font_name, static_cast<double>(options.font_size));
    pango_layout_set_font_description(layout_.get(), font.get());
    const auto text = lines_of(options.text);
    pango_layout_set_text(layout_.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_alignment(layout_.get(), options.font_align == "left"    ? PANGO_ALIGN_LEFT
                                              : options.font_align == "right" ? PANGO_ALIGN_RIGHT
                                                                              : PANGO_ALIGN_CENTER);
    PangoRectangle ink{}, box{};
    pango_layout_get_extents(layout_.get(), &ink, &box);
    box_ = in_units(box);
    ink_ = in_units(ink);
  }

  double width() const override { return box_.width(); }
  double height() const override { return box_.height(); }
  Rectangle ink() const override {
    constexpr double kSmoothing = 1;  // edges of letters spread a little
    return {std::min(0.0, ink_.left - box_.left - kSmoothing), std::min(0.0, ink_.top - box_.top - kSmoothing),
            std::max(box_.width(), ink_.right - box_.left + kSmoothing),
            std::max(box_.height(), ink_.bottom - box_.top + kSmoothing)};
  }
  Result<> paint(cairo_t* canvas) const override {
    constexpr double kFull = 255;
    cairo_set_source_rgb(canvas, (colour_ >> 16 & 0xFF) / kFull, (colour_ >> 8 & 0xFF) / kFull,
                         (colour_ & 0xFF) / kFull);
    cairo_translate(canvas, -box_.left, -box_.top);
    // Not fitted to the canvas anew: where pixels are not square, Pango would spread the letters.
    pango_cairo_show_layout(canvas, layout_.get());
    return {};
  }

 private:
  unsigned colour_;
  std::unique_ptr<PangoFontMap, Release> map_;
  std::unique_ptr<PangoContext, Release> context_;
  std::unique_ptr<PangoLayout, Release> layout_;
  Rectangle box_;
  Rectangle ink_;
};

}  // namespace

Result<std::unique_ptr<Subject>> make_text(const engine::stamp::Options& options) {
  if (!is_valid_utf8(options.text)) return fail(ErrorCode::invalid_data, "The text is not UTF-8.", "text");
  auto text = std::make_unique<Text>(options, engine::stamp::colour(options.font_color).value_or(0));
  if (text->width() <= 0 || text->height() <= 0)
    return fail(ErrorCode::invalid_data, "The text holds nothing that can be seen.", "text");
  return text;
}

}  // namespace recast::engines::stamp
