#pragma once

#include <pango/pango.h>

#include <memory>
#include <string_view>

namespace recast::engines::stamp {

struct FreeFont {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using Font = std::unique_ptr<PangoFontDescription, FreeFont>;

/// A font of the API's, such as "Arial Bold Italic", `size` units high: the real one if the machine has it, else what
/// comes closest of those in packages/stamp.txt.
Font find_font(std::string_view name, double size);

}  // namespace recast::engines::stamp
