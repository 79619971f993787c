#include "engines/stamp/worker/fonts.hpp"

#include <algorithm>
#include <array>

namespace recast::engines::stamp {

namespace {

struct Family {
  std::string_view name;  ///< what names begin with; longer ones before those they begin with
  const char* choice;     ///< the first that the machine has
  PangoWeight weight = PANGO_WEIGHT_NORMAL;
  PangoStretch stretch = PANGO_STRETCH_NORMAL;
};

// The widths of Liberation, Arimo, Cousine, Tinos and Nimbus are those of the fonts they stand for; the others are only
// of the same kind.
constexpr auto kFamilies = std::to_array<Family>({
    {"Andale Mono", "Andale Mono,DejaVu Sans Mono"},
    {"Arial Black", "Arial Black,DejaVu Sans", PANGO_WEIGHT_HEAVY},
    {"Arial", "Arial,Liberation Sans,Arimo,Nimbus Sans"},
    {"Courier New", "Courier New,Liberation Mono,Cousine,Nimbus Mono PS"},
    {"Georgia", "Georgia,Gelasio,TeX Gyre Schola,C059,DejaVu Serif"},
    {"Helvetica Narrow", "Helvetica Narrow,Nimbus Sans Narrow,Liberation Sans Narrow"},
    {"Helvetica", "Helvetica,Liberation Sans,Arimo,Nimbus Sans"},
    {"Impact", "Impact,DejaVu Sans Condensed", PANGO_WEIGHT_BOLD, PANGO_STRETCH_CONDENSED},
    {"Times New Roman", "Times New Roman,Liberation Serif,Tinos,Nimbus Roman"},
    {"Trebuchet MS", "Trebuchet MS,Open Sans,Lato,Carlito"},
    {"Verdana", "Verdana,DejaVu Sans"},
});

}  // namespace

Font find_font(std::string_view name, double size) {
  const auto found = std::ranges::find_if(kFamilies, [&](const Family& one) { return name.starts_with(one.name); });
  const auto& family = found == kFamilies.end() ? kFamilies[2] : *found;
  const auto style = name.substr(std::min(name.size(), family.name.size()));
  const auto has = [&](std::string_view word) { return style.find(word) != std::string_view::npos; };
  Font font(pango_font_description_new());
  pango_font_description_set_family_static(font.get(), family.choice);
  pango_font_description_set_weight(font.get(), has("Bold") ? PANGO_WEIGHT_BOLD : family.weight);
  pango_font_description_set_stretch(font.get(), family.stretch);
  pango_font_description_set_style(font.get(), has("Oblique")  ? PANGO_STYLE_OBLIQUE
                                               : has("Italic") ? PANGO_STYLE_ITALIC
                                                               : PANGO_STYLE_NORMAL);
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  return font;
}

}  // namespace recast::engines::stamp
