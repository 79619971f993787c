#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/unpacking.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace sevenzip {
namespace {

// Status 1 is a warning. 2 also says that links which lead out of the folder were left out, as they are everywhere
// here.
constexpr int kWarnings = 1, kErrors = 2;

bool is_refusal(std::string_view output) {
  // The name promised something else, such as a bare HFS image called dmg: a warning, and no refusal.
  const bool opened = output.contains("The file is open as");
  for (const auto* const words : {"Wrong password", "Cannot open", "is not archive", "Data Error", "Headers Error",
                                  "Unexpected end", "CRC Failed"}) {
    if (output.contains(words) && !(opened && std::string_view(words) == "Cannot open")) return true;
  }
  return false;
}

struct Options {
  std::string password;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::password, "password", "Opens an encrypted archive.", {.verbatim = true, .secret = true}),
  };
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"Wrong password", ErrorCode::open_failed, "The archive is encrypted, and this is not its password.",
        "password"},
       {"Data Error", ErrorCode::open_failed, "The archive is damaged."},
       {"Headers Error", ErrorCode::open_failed, "The archive is damaged."},
       {"Unexpected end", ErrorCode::open_failed, "The archive is damaged."},
       {"Cannot open the file as", ErrorCode::open_failed, "The archive is damaged or of another format."},
       {"is not archive", ErrorCode::open_failed, "The archive is damaged or of another format."}},
      {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = end.output}, "7-Zip");
}

class SevenZip final : public engine::Engine {
 public:
  SevenZip() : Engine(describe()) {}

 private:
  static engine::Info describe() {
    engine::Info info;
    info.name = "sevenzip";
    info.summary = "Opens ARJ archives, images of disks and encrypted 7z archives.";
    info.group = "archive";
    info.abilities = engine::unpacking_abilities({"arj", "dmg", "img"}, 10);
    // libarchive is quicker, but does not decrypt.
    auto encrypted = engine::unpacking_abilities({"7z"}, 60);
    for (auto& ability : encrypted) std::ranges::move(schema::describe<Options>(), std::back_inserter(ability.options));
    std::ranges::move(encrypted, std::back_inserter(info.abilities));
    info.detection = {.programs = {"7zz"}, .version_command = {"7zz"}, .version_pattern = "7-Zip \\(z\\) ([0-9.]+)"};
    return info;
  }

  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    Options options;
    if (request.from == "7z") {
      RECAST_TRY(options, schema::parse<Options>(request.options));
    }
    auto plan = engine::unpacking_plan(request, [&](const std::string& input, const std::string& folder) {
      engine::ProgramStep step;
      step.program = "7zz";
      step.arguments = {"x", "-y", "-bd", "-mmt=1", "-o" + folder};
      if (request.from == "7z") step.arguments.push_back("-p" + options.password);  // an empty one: it does not ask
      step.arguments.push_back(input);
      step.accepted = {kWarnings, kErrors};
      step.join_output = true;  // it complains on its standard output
      step.limits.memory = 1ULL << 30;
      return step;
    });
    plan.explain = &explain;
    plan.doubt = [](const engine::StepEnd& end) {
      return is_refusal(end.output) ? std::optional(explain(end)) : std::nullopt;
    };
    return plan;
  }
};

}  // namespace
}  // namespace sevenzip

Result<> register_sevenzip(engine::Registry& registry) { return registry.add(std::make_unique<sevenzip::SevenZip>()); }

}  // namespace recast::engines
