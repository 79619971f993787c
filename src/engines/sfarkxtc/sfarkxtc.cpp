#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"

namespace recast::engines {

namespace sfarkxtc {
namespace {

Error explain(const engine::StepEnd& end) {
  return engine::explain_by({{"not appear to be a sfArk", ErrorCode::open_failed, "The file is no sfArk archive."},
                             {"Signature not found", ErrorCode::open_failed, "The file is no sfArk archive."},
                             {"corrupt", ErrorCode::open_failed, "The archive is damaged."},
                             {"version", ErrorCode::open_failed, "The archive is of a version that cannot be read."}},
                            {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = end.output},
                            "sfarkxtc");
}

class SfarkXtc final : public engine::Engine {
 public:
  SfarkXtc() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "sfarkxtc";
    info.summary = "Unpacks sound fonts (sfArk).";
    info.group = "audio";
    info.abilities = {{.conversions = {{"sfark", "sf2", 10}}}};
    // It has no option for its version, but says it when it has nothing to do.
    info.detection = {
        .programs = {"sfarkxtc"}, .version_command = {"sfarkxtc"}, .version_pattern = "sfarkxtc ([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    engine::ProgramStep step;
    step.program = "sfarkxtc";
    step.arguments = {request.inputs.front(), "out/out.sf2"};
    step.join_output = true;  // it complains on its standard output
    step.limits.memory = 512ULL << 20;
    engine::Plan plan;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.sf2"};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace sfarkxtc

Result<> register_sfarkxtc(engine::Registry& registry) { return registry.add(std::make_unique<sfarkxtc::SfarkXtc>()); }

}  // namespace recast::engines
