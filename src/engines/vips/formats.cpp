#include "engines/vips/formats.hpp"

#include <algorithm>
#include <array>

namespace recast::engines::vips {

namespace {

constexpr int kRank = 20;

constexpr auto kInputs =
    std::to_array<std::string_view>({"jpg", "png", "webp", "gif", "tiff", "avif", "heic", "heif", "bmp", "svg", "jp2",
                                     "j2k", "jxl", "ppm", "pgm", "pbm", "ico", "tga"});
constexpr auto kOutputs = std::to_array<std::string_view>({"jpg", "png", "webp", "gif", "tiff", "avif", "heic", "heif",
                                                           "bmp", "jp2", "jxl", "ppm", "pgm", "ico", "tga", "pdf"});

// Where every page counts. An icon or a HEIC file is one picture, whatever else lies beside it, unless pages are named.
constexpr auto kPaged = std::to_array<std::string_view>({"tiff", "gif", "webp"});
constexpr auto kNamedPages = std::to_array<std::string_view>({"tiff", "gif", "webp", "ico", "heic", "heif", "avif"});
constexpr auto kHoldsPages = std::to_array<std::string_view>({"tiff", "gif", "pdf"});

template <class List>
bool in(const List& list, std::string_view token) {
  return std::ranges::find(list, token) != list.end();
}

}  // namespace

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> list;
  for (const auto from : kInputs) {
    for (const auto to : kOutputs) list.push_back({std::string(from), std::string(to), kRank});
  }
  return list;
}

std::vector<engine::Conversion> rewritten() {
  std::vector<engine::Conversion> list;
  for (const auto token : kInputs) {
    // Of an icon only one of its pictures would be left.
    if (in(kOutputs, token) && token != "ico") list.push_back({std::string(token), "", kRank});
  }
  return list;
}

bool joins(std::string_view from, std::string_view to) {
  return in(kHoldsPages, to) || (to == "webp" && (from == "gif" || from == "webp"));
}

bool gives_several(std::string_view from, std::string_view to, bool pages_named) {
  return !joins(from, to) && (pages_named ? in(kNamedPages, from) : in(kPaged, from));
}

bool holds_cmyk(std::string_view to) { return to == "jpg" || to == "tiff"; }

}  // namespace recast::engines::vips
