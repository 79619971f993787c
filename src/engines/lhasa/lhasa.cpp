#include <memory>

#include "engine/registry.hpp"
#include "engine/unpacking.hpp"

namespace recast::engines {

namespace lhasa {
namespace {

constexpr std::string_view kDamaged = "The archive is damaged, or packed in a way that is not known.";

/// It says "Failure" beside a name, and nothing at all of files that are no archive.
Error explain(const engine::StepEnd&) { return {ErrorCode::open_failed, std::string(kDamaged), {}}; }

class Lhasa final : public engine::Engine {
 public:
  Lhasa() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "lhasa";
    info.summary = "Opens LHA archives, old methods too.";
    info.group = "archive";
    info.abilities = engine::unpacking_abilities({"lha"}, 60);  // libarchive first, which takes patterns
    info.detection = {.programs = {"lhasa"}, .version_command = {"lhasa"}, .version_pattern = "Lhasa v([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    auto plan = engine::unpacking_plan(request, [](const std::string& input, const std::string& folder) {
      engine::ProgramStep step;
      step.program = "lhasa";
      step.arguments = {"xfw=" + folder, input};
      step.join_output = true;
      step.limits.memory = 256ULL << 20;
      return step;
    });
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace lhasa

Result<> register_lhasa(engine::Registry& registry) { return registry.add(std::make_unique<lhasa::Lhasa>()); }

}  // namespace recast::engines
