#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/unpacking.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace unalz {
namespace {

struct Options {
  std::string password;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::password, "password", "Opens an encrypted archive.", {.verbatim = true, .secret = true}),
  };
};

Error explain(const engine::StepEnd& end) {
  // Of files that are none it crashes.
  if (end.signal != 0 || !end.output.contains("Extract"))
    return {ErrorCode::open_failed, "The archive is damaged or of another format.", {}};
  return engine::explain_by(
      {{"password was not set", ErrorCode::open_failed, "The archive is encrypted; set password.", "password"},
       {"invalid password", ErrorCode::open_failed, "The password is wrong.", "password"},
       {"password", ErrorCode::open_failed, "The password is wrong, or none is set.", "password"},
       {"can't open archive", ErrorCode::open_failed, "The archive is damaged or of another format."},
       {"corrupted", ErrorCode::open_failed, "The archive is damaged."},
       {"err code", ErrorCode::open_failed, "The archive is damaged."}},
      {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = end.output}, "unalz");
}

/// It may go on and end with status 0 after all that.
std::optional<Error> doubt(const engine::StepEnd& end) {
  for (const auto* const words : {"err code(", "It's corrupted file"}) {
    if (end.output.contains(words)) return explain(end);
  }
  return std::nullopt;
}

class Unalz final : public engine::Engine {
 public:
  Unalz() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "unalz";
    info.summary = "Opens ALZ archives.";
    info.group = "archive";
    info.abilities = engine::unpacking_abilities({"alz"}, 10);
    for (auto& ability : info.abilities)
      std::ranges::move(schema::describe<Options>(), std::back_inserter(ability.options));
    info.detection = {.programs = {"unalz"}, .version_command = {"unalz"}, .version_pattern = "unalz v([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    auto plan = engine::unpacking_plan(request, [&](const std::string& input, const std::string& folder) {
      engine::ProgramStep step;
      step.program = "unalz";
      step.arguments = {"-utf8", "-d", folder};
      if (!options.password.empty()) step.arguments.insert(step.arguments.end(), {"-pwd", options.password});
      step.arguments.push_back(input);
      step.join_output = true;  // it complains on its standard output
      step.limits.memory = 512ULL << 20;
      return step;
    });
    plan.explain = &explain;
    plan.doubt = &doubt;
    return plan;
  }
};

}  // namespace
}  // namespace unalz

Result<> register_unalz(engine::Registry& registry) { return registry.add(std::make_unique<unalz::Unalz>()); }

}  // namespace recast::engines
