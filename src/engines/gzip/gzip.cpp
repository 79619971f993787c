#include <memory>

#include "engine/registry.hpp"

namespace recast::engines {

namespace gzip {
namespace {

class Gzip final : public engine::Engine {
 public:
  Gzip() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "gzip";
    info.summary = "Compresses drawings (svgz).";
    info.group = "vector";
    info.abilities = {{.conversions = {{"svg", "svgz", 10}}}};
    info.detection = {
        .programs = {"gzip"}, .version_command = {"gzip", "--version"}, .version_pattern = "gzip ([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    engine::ProgramStep step;
    step.program = "gzip";
    step.arguments = {"-9", "-n", "-c"};  // equal drawings give equal files
    step.input_file = request.inputs.front();
    step.output_file = "out/out.svgz";
    step.limits.memory = 256ULL << 20;
    engine::Plan plan;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.svgz"};
    return plan;
  }
};

}  // namespace
}  // namespace gzip

Result<> register_gzip(engine::Registry& registry) { return registry.add(std::make_unique<gzip::Gzip>()); }

}  // namespace recast::engines
