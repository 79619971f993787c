#include <fmt/format.h>

#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/tiny_images.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace jpegoptim {
namespace {

struct Options {
  std::int64_t quality = 80;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::quality, "quality",
                    "Quality that a picture is reduced to, if its own is higher; 100 loses nothing.",
                    {.min = 1, .max = 100}),
  };
};

Error explain(const engine::StepEnd& end) {
  // It complains on standard output.
  const auto text = fmt::format("{}\n{}", end.output, end.errors);
  return engine::explain_by({{"[ERROR]", ErrorCode::open_failed, "The file is damaged or not a JPEG.", {}},
                             {"not a jpeg", ErrorCode::open_failed, "The file is damaged or not a JPEG.", {}}},
                            {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = text},
                            "jpegoptim");
}

engine::Info describe() {
  engine::Info info;
  info.name = "jpegoptim";
  info.summary = "Makes JPEG smaller.";
  info.group = "image";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"jpg", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"jpegoptim"}, .version_command = {"jpegoptim", "--version"}, .version_pattern = "v([0-9.]+)"};
  info.probe = {
      .operation = "optimize", .from = "jpg", .to = "", .content = std::string(engine::kTinyJpeg), .options = {}};
  return info;
}

class JpegOptim final : public engine::Engine {
 public:
  JpegOptim() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    const auto& input = request.inputs.front();
    engine::Plan plan;
    engine::ProgramStep step;
    step.program = "jpegoptim";
    // EXIF stays: without it a picture may stand on its head. So does the colour profile.
    step.arguments = {"--all-progressive", "--strip-com", "--strip-iptc", "--strip-xmp", "--dest=out"};
    if (options.quality < 100) step.arguments.push_back(fmt::format("--max={}", options.quality));
    step.arguments.push_back(input);
    step.limits = {.cpu = std::chrono::seconds(600), .memory = 2ULL << 30, .processes = 16};
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/in-1.jpg"};
    plan.may_be_empty = true;  // it writes nothing if nothing is gained
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace jpegoptim

Result<> register_jpegoptim(engine::Registry& registry) {
  return registry.add(std::make_unique<jpegoptim::JpegOptim>());
}

}  // namespace recast::engines
