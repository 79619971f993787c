#include "engines/potrace/worker/pixmap.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>

namespace recast::engines::potrace {

namespace {

constexpr std::size_t kMostPixels = 100'000'000;
constexpr std::size_t kMostColours = 256;

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// The next number of the header, after blanks and comments.
std::optional<std::size_t> next_number(std::string_view& text) {
  while (!text.empty() && (is_blank(text.front()) || text.front() == '#')) {
    if (text.front() == '#') text.remove_prefix(std::min(text.find('\n'), text.size() - 1));
    text.remove_prefix(1);
  }
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

int brightness(const Colour& colour) { return 299 * colour[0] + 587 * colour[1] + 114 * colour[2]; }

std::unexpected<Error> wrong(const char* message) { return fail(ErrorCode::invalid_data, message); }

/// Gives the colours their final numbers.
void sort_colours(Pixmap& pixmap) {
  std::vector<std::uint8_t> order(pixmap.colours.size());
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](auto at) { return brightness(pixmap.colours[at]); });
  std::vector<std::uint8_t> place(order.size());
  std::vector<Colour> sorted;
  for (std::size_t at = 0; at < order.size(); ++at) {
    place[order[at]] = static_cast<std::uint8_t>(at);
    sorted.push_back(pixmap.colours[order[at]]);
  }
  for (auto& pixel : pixmap.pixels) pixel = place[pixel];
  pixmap.colours = std::move(sorted);
}

}  // namespace

Result<Pixmap> Pixmap::parse(std::span<const char> ppm) {
  std::string_view rest(ppm.data(), ppm.size());
  if (!rest.starts_with("P6")) return wrong("It is no PPM.");
  rest.remove_prefix(2);
  const auto width = next_number(rest), height = next_number(rest), depth = next_number(rest);
  if (!width || !height || !depth || *depth != 255 || rest.empty()) return wrong("The PPM has a wrong header.");
  rest.remove_prefix(1);
  if (*width == 0 || *height == 0 || *width > kMostPixels / *height) return wrong("The image is too large to trace.");
  if (rest.size() / 3 < *width * *height) return wrong("The PPM is cut short.");
  Pixmap result{.width = *width, .height = *height, .colours = {}, .pixels = {}};
  result.pixels.reserve(*width * *height);
  std::map<Colour, std::uint8_t> numbers;
  for (std::size_t at = 0; at < *width * *height; ++at) {
    const auto byte = [&](std::size_t part) { return static_cast<std::uint8_t>(rest[3 * at + part]); };
    const auto [found, is_new] =
        numbers.try_emplace({byte(0), byte(1), byte(2)}, static_cast<std::uint8_t>(result.colours.size()));
    if (is_new) {
      if (result.colours.size() == kMostColours) return wrong("The image has too many colours.");
      result.colours.push_back(found->first);
    }
    result.pixels.push_back(found->second);
  }
  sort_colours(result);
  return result;
}

}  // namespace recast::engines::potrace
