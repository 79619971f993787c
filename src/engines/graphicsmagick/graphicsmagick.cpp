#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "format/format.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace graphicsmagick {
namespace {

namespace magick = engine::magick;
using format::PageList;
using magick::Arguments;
using magick::Options;

constexpr auto kProduct = magick::Product::graphicsmagick;
constexpr int kRank = 40;
constexpr int kPageRank = 30;

// A red and a blue square, 2 x 1, as PPM.
constexpr std::string_view kSample{"P6\n2 1\n255\n\xff\0\0\0\0\xff", 17};

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> list;
  for (const auto* const to :
       {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "ppm", "pgm", "pbm", "pcx", "jxl", "pdf"}) {
    for (const auto* const from : {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "ppm", "pgm", "pbm", "avif",
                                   "heic", "heif", "ico", "pcx", "jxl"})
      list.push_back({from, to, kRank, {}});
  }
  std::ranges::move(engine::pairs({"pdf"}, {"png", "jpg", "tiff"}, kPageRank, {"pdftoppm"}), std::back_inserter(list));
  return list;
}

bool is_paged(std::string_view format) { return format == "tiff" || format == "gif"; }
bool holds_pages(std::string_view format) { return format == "tiff" || format == "gif" || format == "pdf"; }

engine::Plan convert(const engine::Request& request, const Options& options, const PageList& pages) {
  engine::Plan plan;
  plan.explain = pages.all() ? &magick::explain : &magick::explain_frames;
  const auto& to = request.to;
  const auto frames = pages.all() && !is_paged(request.from) ? "[0]" : magick::frames(pages);
  Arguments arguments;
  const auto file = magick::named(request.from, request.inputs.front());
  if (request.from == "gif" && !pages.all()) {
    // A frame may be no more than what changes in it: all are completed before some are taken.
    plan.steps.push_back(magick::step(kProduct, "convert", {file, "-coalesce", "miff:tmp/frames.miff"}));
    arguments = {"miff:tmp/frames.miff" + frames};
  } else {
    arguments = {file + frames};
    if (request.from == "gif") arguments.emplace_back("-coalesce");
  }
  append(arguments, magick::shaping(kProduct, options, to, format::surely_opaque(request.from, request.head)));
  append(arguments, magick::writing(options, request.from, to));
  if (to == "pdf") {
    append(arguments, {"-compress", "lzw", "tiff:tmp/pages.tiff"});
    plan.steps.push_back(magick::step(kProduct, "convert", std::move(arguments), 2));
    magick::write_pdf(plan, options, request.from);
    return plan;
  }
  const bool one = holds_pages(to);
  if (!one) arguments.emplace_back("+adjoin");
  arguments.push_back(magick::named(to, one ? "out/out." + to : "out/out-%05d." + to));
  plan.steps.push_back(magick::step(kProduct, "convert", std::move(arguments), 2));
  plan.outputs = {one ? "out/out." + to : "out/out-*." + to};
  return plan;
}

engine::Info describe() {
  engine::Info info;
  info.name = "graphicsmagick";
  info.summary = "Raster images and pages of PDF documents, by GraphicsMagick.";
  info.group = "image";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"gm"}, .version_command = {"gm", "-version"}, .version_pattern = "GraphicsMagick ([0-9.]+)"};
  info.probe = {.from = "ppm", .to = "png", .content = std::string(kSample), .options = {}};
  return info;
}

class GraphicsMagick final : public engine::Engine {
 public:
  GraphicsMagick() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_TRY(const auto pages, PageList::parse(options.pages));
    RECAST_CHECK(magick::check(options, request.to));
    if (request.from == "pdf") return magick::draw_pages(kProduct, request, options, pages);
    return convert(request, options, pages);
  }
};

}  // namespace
}  // namespace graphicsmagick

Result<> register_graphicsmagick(engine::Registry& registry) {
  return registry.add(std::make_unique<graphicsmagick::GraphicsMagick>());
}

}  // namespace recast::engines
