#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/unpacking.hpp"

namespace recast::engines {

namespace nomarch {
namespace {

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"bad first header", ErrorCode::open_failed, "The file is no ARC archive."},
       {"not an .arc", ErrorCode::open_failed, "The file is no ARC archive."},
       {"bad CRC", ErrorCode::open_failed, "The archive is damaged."},
       {"error", ErrorCode::open_failed, "The archive is damaged."},
       {"unsupported", ErrorCode::open_failed, "The archive is packed in a way that is not known here."}},
      {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = end.output}, "nomarch");
}

class Nomarch final : public engine::Engine {
 public:
  Nomarch() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "nomarch";
    info.summary = "Opens ARC archives.";
    info.group = "archive";
    info.abilities = engine::unpacking_abilities({"arc"}, 10);
    info.detection = {
        .programs = {"nomarch"}, .version_command = {"nomarch", "-h"}, .version_pattern = "nomarch ([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    auto plan = engine::unpacking_plan(request, [](const std::string& input, const std::string& folder) {
      engine::ProgramStep step;
      step.program = "env";  // nomarch writes to the folder it is in
      step.arguments = {"-C", folder, "nomarch", "-U", std::string(folder.contains('/') ? "../../" : "../") + input};
      step.join_output = true;  // it names damage on its standard output
      step.limits.memory = 256ULL << 20;
      return step;
    });
    if (request.operation != "archive/extract") {
      engine::ProgramStep make;
      make.program = "mkdir";
      make.arguments = {"tmp/unpacked"};
      plan.steps.insert(plan.steps.begin(), {.action = std::move(make)});
    }
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace nomarch

Result<> register_nomarch(engine::Registry& registry) { return registry.add(std::make_unique<nomarch::Nomarch>()); }

}  // namespace recast::engines
