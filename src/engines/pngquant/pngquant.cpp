#include <fmt/format.h>

#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/tiny_images.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace pngquant {
namespace {

struct Options {
  std::int64_t quality = 80;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::quality, "quality",
                    "What a picture of fewer colours has to look like; 100 loses nothing.", {.min = 1, .max = 100}),
  };
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"Not a PNG file", ErrorCode::open_failed, "The file is damaged or not a PNG.", {}},
       {"Unrecognized image", ErrorCode::open_failed, "The file is damaged or not a PNG.", {}},
       {"Unrecoverable error", ErrorCode::open_failed, "The file is damaged or not a PNG.", {}},
       {"cannot decode", ErrorCode::open_failed, "The file is damaged or not a PNG.", {}},
       {"Can't open the input", ErrorCode::open_failed, "The file is damaged or not a PNG.", {}},
       {"error(s) have been", ErrorCode::open_failed, "The file is damaged.", {}},
       {"out of memory", ErrorCode::memory_limit, "The picture needs more memory than is allowed.", {}}},
      end, "pngquant");
}

engine::Step step(std::string program, std::vector<std::string> arguments, std::vector<int> accepted = {}) {
  engine::ProgramStep action;
  action.program = std::move(program);
  action.arguments = std::move(arguments);
  action.limits.memory = 2ULL << 30;
  action.limits.processes = 16;
  action.limits.cpu = std::chrono::seconds(1800);
  action.accepted = std::move(accepted);
  return {std::move(action)};
}

engine::Info describe() {
  engine::Info info;
  info.name = "pngquant";
  info.summary = "Makes PNG smaller, with fewer colours and better compression.";
  info.group = "image";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"png", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {.programs = {"pngquant", "optipng", "exiftool"},
                    .version_command = {"pngquant", "--version"},
                    .version_pattern = "([0-9.]+)"};
  info.probe = {
      .operation = "optimize", .from = "png", .to = "", .content = std::string(engine::kTinyPng), .options = {}};
  return info;
}

class PngQuant final : public engine::Engine {
 public:
  PngQuant() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    const auto& input = request.inputs.front();
    engine::Plan plan;
    // Two attempts, of which the operation takes the smaller: all colours better packed, and at most 256 of them.
    constexpr int kNothingToGain = 98, kTooUgly = 99;
    // Beside few colours the better packing seldom wins, and seldom by more: it takes three times as long.
    const std::string effort = options.quality < 100 ? "-o1" : "-o2";
    plan.steps.push_back(step("optipng", {effort, "-out", "out/lossless.png", input}));
    plan.outputs = {"out/lossless.png"};
    if (options.quality < 100) {
      plan.steps.push_back(step("pngquant",
                                {"--skip-if-larger", "--strip", fmt::format("--quality=0-{}", options.quality),
                                 "--output", "tmp/few.png", input},
                                {kNothingToGain, kTooUgly}));
      // pngquant drops the colour profile that the numbers are meant for, and how large the picture is on paper. There
      // may be none of these, or no picture.
      plan.steps.push_back(step(
          "exiftool",
          {"-q", "-q", "-overwrite_original", "-TagsFromFile", input, "-ICC_Profile", "-PNG-pHYs:all", "tmp/few.png"},
          {1}));
      plan.steps.push_back(step("optipng", {"-quiet", effort, "-out", "out/quantized.png", "tmp/few.png"}, {1}));
      plan.outputs.emplace_back("out/quantized.png");
    }
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace pngquant

Result<> register_pngquant(engine::Registry& registry) { return registry.add(std::make_unique<pngquant::PngQuant>()); }

}  // namespace recast::engines
