#include "engines/potrace/worker/trace.hpp"

#include <fmt/format.h>
#include <potracelib.h>

#include <iterator>
#include <limits>
#include <memory>

namespace recast::engines::potrace {

namespace {

using Word = potrace_word;
using State = std::unique_ptr<potrace_state_t, decltype(&potrace_state_free)>;
using Parameters = std::unique_ptr<potrace_param_t, decltype(&potrace_param_free)>;

/// The pixels of a number and above, as potrace's bits. It counts rows from below.
std::vector<Word> bits_of(const Pixmap& pixmap, std::size_t first, std::size_t words) {
  constexpr auto kBits = static_cast<std::size_t>(std::numeric_limits<Word>::digits);
  std::vector<Word> map(words * pixmap.height, 0);
  for (std::size_t row = 0; row < pixmap.height; ++row) {
    const auto* const line = pixmap.pixels.data() + (pixmap.height - 1 - row) * pixmap.width;
    for (std::size_t column = 0; column < pixmap.width; ++column) {
      if (line[column] >= first) map[row * words + column / kBits] |= Word{1} << (kBits - 1 - column % kBits);
    }
  }
  return map;
}

void append_curve(std::string& path, const potrace_curve_t& curve, double height) {
  auto out = std::back_inserter(path);
  const auto point = [&](const potrace_dpoint_t& at, char before) {
    fmt::format_to(out, "{}{:.6g} {:.6g}", before, at.x, height - at.y);
  };
  point(curve.c[curve.n - 1][2], 'M');
  for (int at = 0; at < curve.n; ++at) {
    const auto& segment = curve.c[at];
    const bool corner = curve.tag[at] == POTRACE_CORNER;
    if (!corner) point(segment[0], 'C');
    point(segment[1], corner ? 'L' : ' ');
    point(segment[2], corner ? 'L' : ' ');
  }
  path += 'z';
}

Result<std::string> path_of(const Pixmap& pixmap, std::size_t first, const potrace_param_t& parameters) {
  constexpr auto kBits = static_cast<std::size_t>(std::numeric_limits<Word>::digits);
  const auto words = (pixmap.width + kBits - 1) / kBits;
  auto map = bits_of(pixmap, first, words);
  const potrace_bitmap_t bitmap{.w = static_cast<int>(pixmap.width),
                                .h = static_cast<int>(pixmap.height),
                                .dy = static_cast<int>(words),
                                .map = map.data()};
  const State state(::potrace_trace(&parameters, &bitmap), &potrace_state_free);
  if (!state || state->status != POTRACE_STATUS_OK)
    return fail(ErrorCode::memory_limit, "The image needs more memory than is allowed.");
  std::string path;
  for (const auto* one = state->plist; one != nullptr; one = one->next)
    append_curve(path, one->curve, static_cast<double>(pixmap.height));
  return path;
}

}  // namespace

Result<std::string> trace(const Pixmap& pixmap, const Options& options, const std::function<void(int)>& percent) {
  const Parameters parameters(::potrace_param_default(), &potrace_param_free);
  if (!parameters) return fail(ErrorCode::memory_limit, "The image needs more memory than is allowed.");
  parameters->turdsize = static_cast<int>(options.despeckle);
  parameters->alphamax = options.smooth;
  auto svg =
      fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n",
                  pixmap.width, pixmap.height);
  const auto layers = pixmap.colours.size();
  for (std::size_t layer = 0; layer < layers; ++layer) {
    const auto& [red, green, blue] = pixmap.colours[layer];
    // Of black and white, white is what nothing is drawn on.
    if (options.colors == 1 && red + green + blue != 0) continue;
    RECAST_TRY(const auto path, path_of(pixmap, layer, *parameters));
    if (path.empty()) continue;
    svg += fmt::format("<path fill=\"#{:02x}{:02x}{:02x}\" fill-rule=\"evenodd\" d=\"{}\"/>\n", red, green, blue, path);
    percent(static_cast<int>(100 * (layer + 1) / layers));
  }
  return svg + "</svg>\n";
}

}  // namespace recast::engines::potrace
