#include <chrono>
#include <memory>

#include "engine/registry.hpp"
#include "engine/stamp.hpp"
#include "engines/vips/colour.hpp"
#include "engines/vips/formats.hpp"
#include "engines/vips/options.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace {

namespace json = boost::json;
using vips::Options;

constexpr std::uint64_t kPixelLimit = 500'000'000;  ///< of all pages together

// A red and a blue square, 2 x 1, as PPM.
constexpr std::string_view kSample{"P6\n2 1\n255\n\xff\0\0\0\0\xff", 17};

Limits limits() {
  return {
      .cpu = std::chrono::seconds(120), .memory = 2ULL << 30, .output = 2ULL << 30, .descriptors = 64, .processes = 64};
}

Result<> check(const Options& options, const engine::Request& request) {
  if (options.colorspace == "cmyk" && !vips::holds_cmyk(request.to)) {
    return fail(ErrorCode::invalid_data, "The colorspace cmyk is possible for jpg and tiff only.", "colorspace");
  }
  if (!options.background.empty() && !vips::parse_colour(options.background)) {
    return fail(ErrorCode::invalid_data, "The background must be a colour such as #ff8000.", "background");
  }
  return {};
}

engine::Info describe() {
  return {
      .name = "vips",
      .aliases = {},
      .summary = "Raster images, by libvips.",
      .group = "image",
      .abilities = {{.conversions = vips::conversions(), .options = schema::describe<Options>()},
                    {.operation = "watermark",
                     .conversions = vips::rewritten(),
                     .options = schema::describe<engine::stamp::Options>(),
                     .most_inputs = 2}},
      .detection = {},
      .workers = {{.name = "vips", .program = "recast-worker-vips", .arguments = {}, .spares = 2}},
      .probe = {.from = "ppm", .to = "png", .content = std::string(kSample), .options = {}},
  };
}

/// A copy that is to look like the original; the savers' own defaults are for smaller files.
json::object fine(std::string_view format) {
  constexpr int kFine = 92, kFineOfVideoCodecs = 75;
  if (format == "jpg" || format == "webp" || format == "jp2" || format == "jxl") return {{"quality", kFine}};
  if (format == "avif" || format == "heic" || format == "heif") return {{"quality", kFineOfVideoCodecs}};
  return {};
}

Result<engine::Plan> plan_watermark(const engine::Request& request) {
  RECAST_TRY(auto options, schema::parse<engine::stamp::Options>(request.options));
  const auto& format = request.from;
  const auto step = [&](const char* kind, std::vector<std::string> inputs, std::string output) {
    return engine::WorkerStep{.worker = "vips",
                              .request = {{"from", format},
                                          {"to", format},
                                          {kind, true},
                                          {"pixel_limit", kPixelLimit},
                                          {"options", fine(format)}},
                              .inputs = std::move(inputs),
                              .outputs = {std::move(output)},
                              .limits = limits()};
  };
  const auto& picture = request.inputs.front();
  const std::string look = "tmp/look.txt", out = "out/out." + format;
  engine::Plan plan;
  plan.steps.push_back({.action = step("measure", {picture}, look)});
  RECAST_CHECK(engine::stamp::draw_picture(plan, request, options, look, "{x} {y}"));
  plan.steps.push_back(
      {.action =
           step("overlay", {picture, std::string(engine::stamp::kPicture), std::string(engine::stamp::kPlace)}, out)});
  plan.outputs = {out};
  return plan;
}

class Vips final : public engine::Engine {
 public:
  Vips() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.operation == "watermark") return plan_watermark(request);
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_TRY(const auto pages, format::PageList::parse(options.pages));
    RECAST_CHECK(check(options, request));

    const bool several = vips::gives_several(request.from, request.to, !pages.all()) && !pages.single();
    engine::WorkerStep step{.worker = "vips",
                            .request = {{"from", request.from},
                                        {"to", request.to},
                                        {"sequence", several},
                                        {"pixel_limit", kPixelLimit},
                                        {"options", schema::to_object(options)}},
                            .inputs = request.inputs,
                            .outputs = {several ? "out/sequence" : "out/out." + request.to},
                            .sequence = several,
                            .limits = limits()};
    engine::Plan plan;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {several ? "out/out-*." + request.to : "out/out." + request.to};
    return plan;
  }
};

}  // namespace

Result<> register_vips(engine::Registry& registry) { return registry.add(std::make_unique<Vips>()); }

}  // namespace recast::engines
