#include "engine/magick.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace recast::engine::magick {

namespace {

constexpr auto* kProfile = "/usr/share/color/icc/sRGB.icc";

constexpr auto kOpaque = std::to_array<std::string_view>({"jpg", "ppm", "pgm", "pbm", "pcx", "pdf"});
constexpr auto kHoldsCmyk = std::to_array<std::string_view>({"jpg", "tiff", "psd", "psb"});

// The last rule that matches counts. Debian's own rules follow these and forbid more: PDF, PostScript, URLs.
constexpr std::string_view kPolicy = R"(<policymap>
<policy domain="resource" name="memory" value="1GiB"/>
<policy domain="resource" name="map" value="1GiB"/>
<policy domain="resource" name="disk" value="8GiB"/>
<policy domain="resource" name="area" value="500MP"/>
<policy domain="resource" name="width" value="65KP"/>
<policy domain="resource" name="height" value="65KP"/>
<policy domain="resource" name="list-length" value="10000"/>
<policy domain="resource" name="thread" value="2"/>
<policy domain="delegate" rights="none" pattern="*"/>
<policy domain="filter" rights="none" pattern="*"/>
<policy domain="path" rights="none" pattern="@*"/>
<policy domain="coder" rights="none" pattern="*"/>
<policy domain="coder" rights="read|write" pattern="{JPEG,JPG,PNG,PNG32,GIF,BMP,BMP3,TIFF,TIFF64,WEBP,TGA,PNM,PPM,PGM,PBM}"/>
<policy domain="coder" rights="read|write" pattern="{AVIF,HEIC,ICO,PSD,PSB,XCF,JP2,J2K,DDS,PCX,EXR,HDR,MIFF}"/>
</policymap>
)";

template <class List>
bool in(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

Arguments sizing(const Options& options) {
  const auto width = options.width ? std::to_string(*options.width) : std::string();
  const auto height = options.height ? std::to_string(*options.height) : std::string();
  if (width.empty() && height.empty()) return {};
  const auto box = height.empty() ? width : width + "x" + height;
  if (options.fit == "max") return {"-resize", box + ">"};
  if (width.empty() || height.empty()) return {"-resize", box};
  if (options.fit == "scale") return {"-resize", box + "!"};
  return {"-resize", box + "^", "-gravity", "center", "-extent", box};
}

Arguments colouring(Product product, const Options& options) {
  const std::string rgb = product == Product::imagemagick ? "sRGB" : "RGB";
  Arguments result;
  if (options.strip || options.colorspace == "rgb") append(result, {"-profile", kProfile, "-colorspace", rgb});
  if (options.gray()) append(result, {"-colorspace", "Gray"});
  if (options.colorspace == "cmyk") append(result, {"-colorspace", "CMYK"});
  if (options.strip) result.emplace_back("-strip");
  return result;
}

}  // namespace

bool is_colour(std::string_view text) {
  const auto hexadecimal = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return (text.size() == 7 || text.size() == 4) && text.front() == '#' &&
         std::ranges::all_of(text.substr(1), hexadecimal);
}

Result<> check(const Options& options, std::string_view to) {
  if (!options.background.empty() && !is_colour(options.background))
    return fail(ErrorCode::invalid_data, "The background must be a colour such as #ff8000.", "background");
  if (options.colorspace == "cmyk" && !in(kHoldsCmyk, to))
    return fail(ErrorCode::invalid_data, "The colorspace cmyk is possible for jpg, tiff and psd only.", "colorspace");
  return {};
}

std::string named(std::string_view format, std::string_view file) {
  std::string_view coder = format;
  if (format == "jpg") coder = "jpeg";
  if (format == "heif") coder = "heic";
  return fmt::format("{}:{}", coder, file);
}

std::string frames(const format::PageList& pages) {
  constexpr int kLast = 99'999;
  std::string result;
  for (const auto& [first, last] : pages.merged()) {
    result += result.empty() ? "[" : ",";
    result += std::to_string(first - 1);
    if (last != first) result += fmt::format("-{}", last == format::PageList::kOpen ? kLast : last - 1);
  }
  return result.empty() ? result : result + "]";
}

bool is_opaque(std::string_view format) { return in(kOpaque, format); }

Arguments shaping(Product product, const Options& options, std::string_view to, bool opaque) {
  Arguments result;
  const bool paint = is_opaque(to) || !options.background.empty();
  append(result, {"-background", !paint ? "none" : options.background.empty() ? "#ffffff" : options.background});
  // GraphicsMagick knows no -alpha; an extent of its own size paints what is behind.
  if (paint && product == Product::imagemagick) append(result, {"-alpha", "remove", "-alpha", "off"});
  if (paint && !opaque && product == Product::graphicsmagick) append(result, {"-extent", "0x0", "+matte"});
  if (options.auto_orient) result.emplace_back("-auto-orient");
  if (options.rotate != 0) append(result, {"-rotate", fmt::format("{}", options.rotate)});
  append(result, sizing(options));
  append(result, colouring(product, options));
  return result;
}

Arguments writing(const Options& options, std::string_view from, std::string_view to) {
  Arguments result;
  if (options.pixel_density)
    append(result, {"-units", "PixelsPerInch", "-density", std::to_string(*options.pixel_density)});
  if (options.quality) append(result, {"-quality", std::to_string(*options.quality)});
  if (to == "tiff" && from != "tiff") append(result, {"-compress", "lzw"});
  return result;
}

Step step(Product product, const std::string& command, Arguments arguments, int weight) {
  ProgramStep action;
  if (product == Product::imagemagick) {
    action.program = command + "-im6.q16";
    action.arguments = std::move(arguments);
    action.environment = {"MAGICK_CONFIGURE_PATH=in", "MAGICK_TEMPORARY_PATH=tmp", "LC_ALL=C.UTF-8"};
  } else {
    action.program = "gm";
    action.arguments = {command};
    append(action.arguments, std::move(arguments));
    action.environment = {"MAGICK_TMPDIR=tmp", "OMP_NUM_THREADS=2", "LC_ALL=C.UTF-8"};
  }
  action.limits = {.cpu = std::chrono::minutes(30), .memory = 3ULL << 30, .descriptors = 128, .processes = 32};
  return {std::move(action), weight};
}

void add_policy(Plan& plan) { plan.files["in/policy.xml"] = kPolicy; }

void write_pdf(Plan& plan, const Options& options, std::string_view from) {
  static constexpr auto kPhotos =
      std::to_array<std::string_view>({"jpg", "heic", "heif", "avif", "webp", "jp2", "j2k"});
  Arguments arguments{"tiff:tmp/pages.tiff"};
  if (options.pixel_density)
    append(arguments, {"-units", "PixelsPerInch", "-density", std::to_string(*options.pixel_density)});
  const bool lossy = options.quality || in(kPhotos, from);
  if (lossy) append(arguments, {"-compress", "JPEG", "-quality", std::to_string(options.quality.value_or(92))});
  if (!lossy) append(arguments, {"-compress", "Zip"});
  arguments.emplace_back("pdf:out/out.pdf");
  plan.steps.push_back(step(Product::graphicsmagick, "convert", std::move(arguments)));
  plan.outputs = {"out/out.pdf"};
}

}  // namespace recast::engine::magick
