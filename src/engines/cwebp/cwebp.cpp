#include <fmt/format.h>

#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/tiny_images.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace cwebp {
namespace {

struct Options {
  std::int64_t quality = 80;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::quality, "quality", "Quality that a picture is compressed with.", {.min = 1, .max = 100}),
  };
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"OUT_OF_MEMORY", ErrorCode::memory_limit, "The picture needs more memory than is allowed.", {}},
       {"Cannot read input", ErrorCode::open_failed, "The file is damaged or not a WebP.", {}},
       {"BITSTREAM_ERROR", ErrorCode::open_failed, "The file is damaged or not a WebP.", {}}},
      end, "cwebp");
}

/// It does not know films: they are returned as they are.
constexpr std::string_view kFilm = "animated WebP file is not supported";

std::optional<Error> doubt(const engine::StepEnd& end) {
  // An accepted exit status is told as 0.
  if (end.errors.find("Error!") == std::string_view::npos || end.errors.find(kFilm) != std::string_view::npos)
    return std::nullopt;
  return explain(end);
}

engine::Info describe() {
  engine::Info info;
  info.name = "cwebp";
  info.summary = "Makes WebP smaller.";
  info.group = "image";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"webp", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {.programs = {"cwebp"}, .version_command = {"cwebp", "-version"}, .version_pattern = "([0-9.]+)"};
  info.probe = {
      .operation = "optimize", .from = "webp", .to = "", .content = std::string(engine::kTinyWebp), .options = {}};
  return info;
}

class CWebp final : public engine::Engine {
 public:
  CWebp() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    const auto& input = request.inputs.front();
    engine::Plan plan;
    constexpr int kFailed = 255;
    engine::ProgramStep step;
    step.program = "cwebp";
    step.arguments = {"-quiet",    "-m",  "6",   "-q", std::to_string(options.quality),
                      "-metadata", "icc", input, "-o", "out/out.webp"};
    step.limits = {.cpu = std::chrono::seconds(600), .memory = 2ULL << 30, .processes = 16};
    step.accepted = {kFailed};
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out.webp"};
    plan.may_be_empty = true;
    plan.doubt = &doubt;
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace cwebp

Result<> register_cwebp(engine::Registry& registry) { return registry.add(std::make_unique<cwebp::CWebp>()); }

}  // namespace recast::engines
