#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/drawing.hpp"
#include "engine/explain.hpp"
#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace rsvg {
namespace {

using engine::drawing::Options;
using Arguments = std::vector<std::string>;

constexpr std::string_view kSample =
    "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10' fill='red'/></svg>";

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"XML parse error", ErrorCode::open_failed, "The file is damaged or not an SVG."},
       {"Could not load", ErrorCode::open_failed, "The file is damaged or not an SVG."},
       {"Error reading SVG", ErrorCode::open_failed, "The file is damaged or not an SVG."},
       {"does not have a size", ErrorCode::open_failed, "The drawing has no size."},
       {"The SVG has no dimensions", ErrorCode::open_failed, "The drawing has no size."},
       {"limit exceeded", ErrorCode::conversion_failed, "The drawing has more elements than is allowed."},
       {"out of memory", ErrorCode::memory_limit, "The drawing needs more memory than is allowed."}},
      end, "rsvg-convert");
}

engine::Step draw(Arguments arguments) {
  engine::ProgramStep step;
  step.program = "rsvg-convert";
  step.arguments = std::move(arguments);
  step.limits = {.cpu = std::chrono::minutes(3), .memory = 2ULL << 30, .descriptors = 64, .processes = 16};
  return {std::move(step), 1};
}

Arguments size(const Options& options) {
  constexpr double kPixelsPerInch = 96;  // of an SVG: its own resolution option would spare sizes in pixels
  if (options.crops()) {
    const auto side = std::to_string(options.covering_side());
    return {"-w", side, "-h", side, "-a"};
  }
  if (!options.width && !options.height)
    return {"-z", fmt::format("{}", static_cast<double>(options.pixel_density) / kPixelsPerInch)};
  Arguments result;
  if (options.width) result.insert(result.end(), {"-w", std::to_string(*options.width)});
  if (options.height) result.insert(result.end(), {"-h", std::to_string(*options.height)});
  if (options.fit != "scale" || !options.width || !options.height) result.emplace_back("-a");
  return result;
}

engine::Plan plan_image(const engine::Request& request, const Options& options) {
  engine::Plan plan;
  auto arguments = size(options);
  if (!options.background.empty()) arguments.insert(arguments.end(), {"-b", options.background});
  const std::string file = options.crops() ? "tmp/out.png" : "out/out.png";
  arguments.insert(arguments.end(), {"-f", "png", "-o", file, request.inputs.front()});
  plan.steps.push_back(draw(std::move(arguments)));
  if (options.crops()) fit_box(plan, options);
  return plan;
}

/// Its own SVG has outlines for text: drawn twice, every other format has them too.
engine::Plan plan_page(const engine::Request& request, const Options& options) {
  engine::Plan plan;
  auto input = request.inputs.front();
  if (options.text_to_path && request.to != "svg") {
    plan.steps.push_back(draw({"-f", "svg", "-o", "tmp/outlines.svg", input}));
    input = "tmp/outlines.svg";
  }
  plan.steps.push_back(draw({"-f", request.to, "-o", "out/out." + request.to, input}));
  return plan;
}

engine::Info describe() {
  engine::Info info;
  info.name = "rsvg";
  info.summary = "Draws SVG, by librsvg.";
  info.group = "vector";
  // docs/decisions/0014: libvips draws with the same library and is resident; Inkscape takes ten times as long.
  std::vector<engine::Conversion> list;
  for (const auto* const from : {"svg", "svgz"}) {
    list.push_back({from, "png", 25, {"convert-im6.q16"}});
    for (const auto* const to : {"pdf", "ps", "eps"}) list.push_back({from, to, 10, {}});
    list.push_back({from, "svg", 30, {}});
  }
  info.abilities = {{.conversions = std::move(list), .options = schema::describe<Options>()}};
  info.detection = {.programs = {"rsvg-convert"},
                    .version_command = {"rsvg-convert", "--version"},
                    .version_pattern = "version ([0-9.]+)"};
  info.probe = {.from = "svg", .to = "png", .content = std::string(kSample), .options = {}};
  return info;
}

class Rsvg final : public engine::Engine {
 public:
  Rsvg() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(check(options));
    auto plan = request.to == "png" ? plan_image(request, options) : plan_page(request, options);
    plan.outputs = {"out/out." + request.to};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace rsvg

Result<> register_rsvg(engine::Registry& registry) { return registry.add(std::make_unique<rsvg::Rsvg>()); }

}  // namespace recast::engines
