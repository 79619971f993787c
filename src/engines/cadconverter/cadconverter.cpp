#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "engine/explain.hpp"
#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "engines/cadconverter/script.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace cadconverter {
namespace {

// Debian's own: the modules belong to it, and another python3 may stand before it on the path.
constexpr auto* kPython = "/usr/bin/python3";

constexpr std::string_view kSample =
    "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n"
    "0\nLINE\n8\n0\n10\n0.0\n20\n0.0\n11\n10.0\n21\n5.0\n0\nENDSEC\n0\nEOF\n";

/// processing.md 3.13.
struct Options {
  bool all_layouts = false;
  std::string layouts;
  std::optional<std::int64_t> width;
  std::optional<std::int64_t> height;
  std::string background;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::all_layouts, "all_layouts",
                    "Draw the model and every layout that has something on it, instead of the model alone."),
      schema::field(&Options::layouts, "layouts", "Names of the layouts to draw, such as Model,Layout1."),
      schema::field(&Options::width, "width", "Greatest width of an image in pixels.", {.min = 1, .max = 20'000}),
      schema::field(&Options::height, "height", "Greatest height of an image in pixels.", {.min = 1, .max = 20'000}),
      schema::field(&Options::background, "background", "Colour behind the drawing, such as #000000; white if empty."),
  };
};

Error explain(const engine::StepEnd& end) {
  if (const auto at = end.errors.rfind("no such layout: "); at != std::string_view::npos) {
    return {ErrorCode::conversion_failed, "The drawing has " + std::string(engine::last_line(end.errors.substr(at))),
            "layouts"};
  }
  return engine::explain_by(
      {{"not a drawing", ErrorCode::open_failed, "The file is damaged or not a DXF drawing."},
       {"nothing to draw", ErrorCode::conversion_failed, "There is nothing in the drawing."},
       {"MemoryError", ErrorCode::memory_limit, "The drawing needs more memory than is allowed."}},
      end, "The CAD converter");
}

engine::Info describe() {
  engine::Info info;
  info.name = "cadconverter";
  info.summary = "CAD drawings, by ezdxf and Matplotlib.";
  info.group = "cad";
  info.abilities = {
      {.conversions = engine::pairs({"dxf"}, {"pdf", "svg", "png"}, 10), .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {kPython},
      .version_command = {kPython, "-I", "-c",
                          "import ezdxf, importlib.util as util, sys; "
                          "util.find_spec('matplotlib') or sys.exit(1); print('ezdxf', ezdxf.__version__)"},
      .version_pattern = "ezdxf ([0-9.]+)"};
  info.probe = {.from = "dxf", .to = "svg", .content = std::string(kSample), .options = {}};
  return info;
}

class CadConverter final : public engine::Engine {
 public:
  CadConverter() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    if (!options.background.empty() &&
        (!engine::magick::is_colour(options.background) || options.background.size() != 7))
      return fail(ErrorCode::invalid_data, "The background must be a colour such as #ff8000.", "background");
    engine::ProgramStep step;
    step.program = kPython;
    step.arguments = {"-I", "-B", "in/draw.py"};
    step.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",   "HOME=tmp",
                        "TMPDIR=tmp",         "MPLCONFIGDIR=tmp", "OPENBLAS_NUM_THREADS=1"};
    step.limits = {.cpu = std::chrono::minutes(10), .memory = 3ULL << 30, .descriptors = 128, .processes = 32};
    engine::Plan plan;
    plan.files["in/draw.py"] = kScript;
    // A client's words reach the program in a file, never in its arguments.
    auto order = schema::to_object(options);
    order["to"] = request.to;
    if (options.layouts.empty()) order["layouts"] = "";
    plan.files["in/order.json"] = boost::json::serialize(order);
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {request.to == "pdf" ? "out/out.pdf" : "out/out-*." + request.to};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace cadconverter

Result<> register_cadconverter(engine::Registry& registry) {
  return registry.add(std::make_unique<cadconverter::CadConverter>());
}

}  // namespace recast::engines
