#include <fmt/format.h>

#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace scour {
namespace {

constexpr std::string_view kProbe =
    "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect id='unused' width='9' height='9'/></svg>";

struct Options {
  static constexpr auto fields = std::tuple{};
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"ExpatError", ErrorCode::open_failed, "The file is damaged or not an SVG.", {}},
       {"MemoryError", ErrorCode::memory_limit, "The drawing needs more memory than is allowed.", {}}},
      end, "scour");
}

engine::Info describe() {
  engine::Info info;
  info.name = "scour";
  info.summary = "Makes SVG smaller without a change to what it shows.";
  info.group = "vector";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"svg", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {.programs = {"scour"}, .version_command = {"scour", "--version"}, .version_pattern = "([0-9.]+)"};
  info.probe = {.operation = "optimize", .from = "svg", .to = "", .content = std::string(kProbe), .options = {}};
  return info;
}

class Scour final : public engine::Engine {
 public:
  Scour() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    const auto& input = request.inputs.front();
    engine::Plan plan;
    engine::ProgramStep step;
    step.program = "scour";
    step.arguments = {"-q",
                      "-i",
                      input,
                      "-o",
                      "out/out.svg",
                      "--enable-comment-stripping",
                      "--enable-id-stripping",
                      "--shorten-ids",
                      "--indent=none",
                      "--no-line-breaks"};
    step.environment = {"PYTHONDONTWRITEBYTECODE=1"};
    step.limits = {.cpu = std::chrono::seconds(600), .memory = 2ULL << 30, .processes = 16};
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.svg"};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace scour

Result<> register_scour(engine::Registry& registry) { return registry.add(std::make_unique<scour::Scour>()); }

}  // namespace recast::engines
