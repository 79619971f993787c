#include <fmt/format.h>

#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/tiny_images.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace gifsicle {
namespace {

struct Options {
  std::int64_t quality = 100;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::quality, "quality", "How much like the original it has to look; 100 loses nothing.",
                    {.min = 1, .max = 100}),
  };
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"file not in GIF format", ErrorCode::open_failed, "The file is damaged or not a GIF.", {}},
       {"out of memory", ErrorCode::memory_limit, "The picture needs more memory than is allowed.", {}}},
      end, "gifsicle");
}

engine::Info describe() {
  engine::Info info;
  info.name = "gifsicle";
  info.summary = "Makes GIF smaller, animated ones too.";
  info.group = "image";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"gif", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"gifsicle"}, .version_command = {"gifsicle", "--version"}, .version_pattern = "Gifsicle ([0-9.]+)"};
  info.probe = {
      .operation = "optimize", .from = "gif", .to = "", .content = std::string(engine::kTinyGif), .options = {}};
  return info;
}

class Gifsicle final : public engine::Engine {
 public:
  Gifsicle() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    const auto& input = request.inputs.front();
    engine::Plan plan;
    constexpr std::int64_t kLossPerPoint = 2;  // gifsicle counts loss from 0 to about 200
    engine::ProgramStep step;
    step.program = "gifsicle";
    step.arguments = {"--optimize=3", "--no-comments", "--no-extensions"};
    // The extension that says how often a film is repeated is not among those.
    if (options.quality < 100)
      step.arguments.push_back(fmt::format("--lossy={}", (100 - options.quality) * kLossPerPoint));
    step.arguments.insert(step.arguments.end(), {"--output", "out/out.gif", input});
    step.limits = {.cpu = std::chrono::seconds(1800), .memory = 2ULL << 30, .processes = 16};
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.gif"};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace gifsicle

Result<> register_gifsicle(engine::Registry& registry) { return registry.add(std::make_unique<gifsicle::Gifsicle>()); }

}  // namespace recast::engines
