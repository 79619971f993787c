#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"

namespace recast::engines {

namespace sox {
namespace {

Error explain(const engine::StepEnd& end) {
  return engine::explain_by({{"can't open input", ErrorCode::open_failed, "The file is damaged or no sound."},
                             {"WAVE", ErrorCode::open_failed, "The file is damaged or no sound."}},
                            end, "SoX");
}

class Sox final : public engine::Engine {
 public:
  Sox() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "sox";
    info.summary = "Writes AMR, the sound of old telephones.";
    info.group = "audio";
    info.abilities = {{.conversions = {{"wav", "amr", 10}}}};
    // Without the encoder, which is a package of its own, it says that it knows no such format.
    info.detection = {.programs = {"sox"},
                      .version_command = {"sox", "--help-format", "amr-nb"},
                      .version_pattern = "SoX v([0-9.]+)\\s+Format: amr-nb"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    engine::ProgramStep step;
    step.program = "sox";
    // The format has one channel of 8 kHz; 7 is its best rate, of 12.2 kbit/s. Quieter by as much as resampling may
    // add.
    step.arguments = {"--guard", "-t", "wav", request.inputs.front(), "-t", "amr-nb", "-C", "7", "-r",
                      "8000",    "-c", "1",   "out/out.amr"};
    step.environment = {"TMPDIR=tmp"};
    step.limits.memory = 512ULL << 20;
    engine::Plan plan;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.amr"};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace sox

Result<> register_sox(engine::Registry& registry) { return registry.add(std::make_unique<sox::Sox>()); }

}  // namespace recast::engines
