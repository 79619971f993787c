#include "engines/imagemagick/formats.hpp"

#include <algorithm>
#include <array>

namespace recast::engines::imagemagick {

namespace {

// docs/decisions/0013: the resident libvips (20) comes first where it has the pair, Poppler and MuPDF for pages.
constexpr int kRank = 30;
constexpr int kDrawnRank = 40;  // librsvg itself, libvips and Inkscape come first
constexpr int kRawRank = 10;
constexpr int kPageRank = 40;

constexpr auto kReads = std::to_array<std::string_view>(
    {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "ppm", "pgm",  "pbm", "avif", "heic", "heif",
     "ico", "psd", "psb", "xcf", "jp2",  "j2k",  "dds", "pcx", "icns", "exr", "hdr",  "svg",  "svgz"});
constexpr auto kWrites = std::to_array<std::string_view>({"jpg", "png", "gif",  "bmp",  "tiff", "webp", "tga", "ppm",
                                                          "pgm", "pbm", "avif", "heic", "heif", "ico",  "psd", "psb",
                                                          "jp2", "j2k", "dds",  "pcx",  "icns", "exr",  "hdr", "pdf"});
constexpr auto kRaws = std::to_array<std::string_view>({"3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "mos",
                                                        "mrw", "nef", "orf", "pef", "raf", "raw", "rw2", "x3f"});
constexpr auto kPageTargets = std::to_array<std::string_view>({"png", "jpg", "tiff"});

constexpr auto kPaged = std::to_array<std::string_view>({"tiff", "gif", "webp", "ico"});
constexpr auto kHoldsPages = std::to_array<std::string_view>({"tiff", "gif", "pdf"});

template <class List>
bool in(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

/// Programs besides ImageMagick's own that a pair wants.
std::vector<std::string> needs(std::string_view from, std::string_view to) {
  std::vector<std::string> programs;
  if (is_raw(from)) programs = {"dcraw_emu", "exiftool"};
  if (is_drawing(from)) programs = {"rsvg-convert"};
  if (from == "icns") programs.emplace_back("icns2png");
  if (from == "pdf") programs.insert(programs.end(), {"pdftoppm", "mogrify-im6.q16"});
  if (to == "icns") programs.emplace_back("png2icns");
  if (to == "pdf") programs.emplace_back("gm");
  return programs;
}

}  // namespace

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> list;
  const auto add = [&](std::string_view from, std::string_view to, int rank) {
    list.push_back({std::string(from), std::string(to), rank, needs(from, to)});
  };
  for (const auto to : kWrites) {
    for (const auto from : kReads) {
      if (!is_drawing(from) || to != "pdf") add(from, to, is_drawing(from) ? kDrawnRank : kRank);
    }
    for (const auto from : kRaws) add(from, to, kRawRank);
  }
  for (const auto to : kPageTargets) add("pdf", to, kPageRank);
  return list;
}

bool is_raw(std::string_view format) { return in(kRaws, format); }
bool is_drawing(std::string_view format) { return format == "svg" || format == "svgz"; }
bool is_paged(std::string_view format) { return in(kPaged, format); }
bool is_animated(std::string_view format) { return format == "gif" || format == "webp"; }

bool joins(std::string_view from, std::string_view to) {
  return in(kHoldsPages, to) || (to == "webp" && is_animated(from));
}

}  // namespace recast::engines::imagemagick
