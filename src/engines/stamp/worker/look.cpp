#include "engines/stamp/worker/look.hpp"

#include <charconv>
#include <cstdlib>

#include "base/text.hpp"

namespace recast::engines::stamp {

namespace {

/// A whole number at the begin of a text; 0 if there is none.
int number_of(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// "4:3"; 1 if it says nothing of use.
double ratio_of(std::string_view text) {
  constexpr double kMost = 20;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return 1;
  const int left = number_of(text), right = number_of(text.substr(colon + 1));
  if (left <= 0 || right <= 0) return 1;
  const double ratio = static_cast<double>(left) / right;
  return ratio > 1 / kMost && ratio < kMost ? ratio : 1;
}

}  // namespace

Result<Drawing::Canvas> canvas_of(std::string_view look) {
  int width = 0, height = 0, rotation = 0;
  double aspect = 1;
  for (const auto line : split(look, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = line.substr(0, equals), value = trim(line.substr(equals + 1));
    if (name == "width" && width == 0) width = number_of(value);
    if (name == "height" && height == 0) height = number_of(value);
    if (name == "sample_aspect_ratio") aspect = ratio_of(value);
    if (name == "rotation") rotation = number_of(value);
  }
  if (width <= 0 || height <= 0) return fail(ErrorCode::open_failed, "The file has no picture.");
  const bool sideways = std::abs(rotation) % 180 == 90;
  if (!sideways) return Drawing::Canvas{static_cast<double>(width), static_cast<double>(height), aspect};
  return Drawing::Canvas{static_cast<double>(height), static_cast<double>(width), 1 / aspect};
}

}  // namespace recast::engines::stamp
