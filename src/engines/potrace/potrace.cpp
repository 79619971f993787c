#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "engines/potrace/options.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace potrace {
namespace {

namespace magick = engine::magick;

// A black and a white square, 4 x 2, as PPM.
constexpr std::string_view kSample{
    "P6\n4 2\n255\n\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff", 35};

/// The image with as few colours as are to be traced, as tmp/colours.ppm.
engine::Step reduce(const engine::Request& request, const Options& options) {
  magick::Arguments arguments{magick::named(request.from, request.inputs.front()) + "[0]",
                              "+repage",
                              "-auto-orient",
                              "-background",
                              options.background.empty() ? "#ffffff" : options.background,
                              "-alpha",
                              "remove",
                              "-alpha",
                              "off",
                              "-colorspace",
                              "sRGB",
                              "-depth",
                              "8"};
  if (options.colors == 1) {
    const auto level = fmt::format("{:.4f}%", 100 * options.threshold);
    arguments.insert(arguments.end(), {"-colorspace", "Gray", "-threshold", level});
  } else {
    arguments.insert(arguments.end(), {"+dither", "-colors", std::to_string(options.colors)});
  }
  arguments.insert(arguments.end(), {"-type", "TrueColor", "ppm:tmp/colours.ppm"});
  return magick::step(magick::Product::imagemagick, "convert", std::move(arguments));
}

engine::Info describe() {
  engine::Info info;
  info.name = "potrace";
  info.summary = "Traces images: vector drawings of raster images, by Potrace.";
  info.group = "vector";
  std::vector<engine::Conversion> list;
  for (const auto* const from : {"jpg", "png", "gif", "bmp", "tiff", "webp", "tga", "ppm", "pgm", "pbm", "avif", "heic",
                                 "heif", "psd", "psb", "jp2", "j2k", "pcx"}) {
    list.push_back({from, "svg", 10, {"convert-im6.q16"}});
    for (const auto* const to : {"eps", "ps"}) list.push_back({from, to, 20, {"convert-im6.q16", "rsvg-convert"}});
    list.push_back({from, "dxf", 10, {"convert-im6.q16", "potrace"}});
  }
  info.abilities = {{.conversions = std::move(list), .options = schema::describe<Options>()}};
  info.detection = {};
  info.workers = {{.name = "potrace", .program = "recast-worker-potrace", .arguments = {}, .spares = 1}};
  info.probe = {.from = "ppm", .to = "svg", .content = std::string(kSample), .options = {}};
  return info;
}

class Potrace final : public engine::Engine {
 public:
  Potrace() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    if (!options.background.empty() && !magick::is_colour(options.background))
      return fail(ErrorCode::invalid_data, "The background must be a colour such as #ff8000.", "background");
    engine::Plan plan;
    magick::add_policy(plan);
    plan.explain = &magick::explain;
    plan.outputs = {"out/out." + request.to};
    if (request.to == "dxf") options.colors = 1;  // Potrace draws outlines without colours
    plan.steps.push_back(reduce(request, options));
    if (request.to == "dxf") {
      plan.steps.push_back(outlines(options));
      return plan;
    }
    const std::string drawing = request.to == "svg" ? "out/out.svg" : "tmp/out.svg";
    engine::WorkerStep trace{.worker = "potrace",
                             .request = schema::to_object(options),
                             .inputs = {"tmp/colours.ppm"},
                             .outputs = {drawing},
                             .limits = limits()};
    plan.steps.push_back({.action = std::move(trace), .weight = 2});
    if (request.to != "svg") plan.steps.push_back(page(drawing, request.to));
    return plan;
  }

  static Limits limits() {
    return {
        .cpu = std::chrono::minutes(10), .memory = 3ULL << 30, .output = 1ULL << 30, .descriptors = 64, .processes = 8};
  }
  static engine::Step outlines(const Options& options) {
    engine::ProgramStep step;
    step.program = "potrace";
    step.arguments = {"-b",
                      "dxf",
                      "-t",
                      std::to_string(options.despeckle),
                      "-a",
                      fmt::format("{}", options.smooth),
                      "-o",
                      "out/out.dxf",
                      "tmp/colours.ppm"};
    step.limits = limits();
    return {std::move(step), 2};
  }
  static engine::Step page(const std::string& drawing, const std::string& to) {
    engine::ProgramStep step;
    step.program = "rsvg-convert";
    step.arguments = {"-u", "-f", to, "-o", "out/out." + to, drawing};
    step.limits = limits();
    return {std::move(step), 1};
  }
};

}  // namespace
}  // namespace potrace

Result<> register_potrace(engine::Registry& registry) { return registry.add(std::make_unique<potrace::Potrace>()); }

}  // namespace recast::engines
