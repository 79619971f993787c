#include <chrono>
#include <memory>
#include <optional>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engines/fontforge/samples.hpp"
#include "engines/fontforge/script.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace fontforge {
namespace {

// Debian's own: the modules belong to it, and another python3 may stand before it on the path.
constexpr auto* kPython = "/usr/bin/python3";

constexpr std::string_view kThumbnail = "thumbnail";
constexpr std::string_view kDraws = "convert-im6.q16";

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"unable to read font", ErrorCode::open_failed, "The file is damaged or not a font."},
       {"not a font", ErrorCode::open_failed, "The file is damaged or not a font."},
       {"no outlines", ErrorCode::conversion_failed, "The font has pictures instead of outlines."},
       {"could not change the outlines", ErrorCode::conversion_failed, "The outlines of the font cannot be changed."},
       {"MemoryError", ErrorCode::memory_limit, "The font needs more memory than is allowed."},
       {"mkeot", ErrorCode::conversion_failed, "The font has not all the names that an EOT file wants."},
       {"Error", ErrorCode::open_failed, "The font is damaged: one of its tables cannot be read."}},
      end, "The font converter");
}

engine::Info describe() {
  engine::Info info;
  info.name = "fontforge";
  info.summary = "Fonts, by FontForge and fontTools.";
  info.group = "font";
  auto list = engine::pairs({"ttf", "otf", "woff", "woff2", "eot"}, {"ttf", "otf", "woff", "woff2"}, 10);
  for (auto& pair : engine::pairs({"ttf", "otf", "woff", "woff2"}, {"eot"}, 10, {"mkeot"})) list.push_back(pair);
  info.abilities = {
      {.conversions = std::move(list), .options = {}},
      {.operation = std::string(kThumbnail),
       .conversions = engine::pairs({"ttf", "otf", "woff", "woff2", "eot"}, {"png"}, 10, {std::string(kDraws)})}};
  info.detection = {.programs = {"fontforge", kPython},
                    .version_command = {kPython, "-I", "-c",
                                        "import ctypes, fontTools, brotli, subprocess; ctypes.CDLL('libeot.so.0'); "
                                        "subprocess.run(['/usr/bin/fontforge', '-version'])"},
                    .version_pattern = "fontforge ([0-9]+)"};
  info.probe = {.from = "ttf", .to = "woff", .content = sample_font(), .options = {}};
  return info;
}

class FontForge final : public engine::Engine {
 public:
  FontForge() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    return request.operation == kThumbnail ? specimen(request) : conversion(request, request.to);
  }

  static engine::Plan conversion(const engine::Request& request, const std::string& to) {
    engine::ProgramStep step;
    step.program = kPython;
    step.arguments = {"-I", "-B", "in/convert.py", request.from, to};
    step.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=tmp", "TMPDIR=tmp"};
    step.limits = {.cpu = std::chrono::minutes(5), .memory = 2ULL << 30, .descriptors = 64, .processes = 16};
    engine::Plan plan;
    plan.files["in/convert.py"] = kScript;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/out." + to};
    plan.explain = &explain;
    return plan;
  }

  /// A few letters, as font viewers show them.
  static engine::Plan specimen(const engine::Request& request) {
    const bool plain = request.from == "ttf" || request.from == "otf";
    auto plan = plain ? engine::Plan{} : conversion(request, "ttf");
    engine::ProgramStep step;
    step.program = kDraws;
    step.arguments = {"-background",
                      "white",
                      "-fill",
                      "black",
                      "-gravity",
                      "center",
                      "-font",
                      plain ? request.inputs.front() : "out/out.ttf",
                      "-pointsize",
                      "120",
                      "label:AaBbCc\n123",
                      "-bordercolor",
                      "white",
                      "-border",
                      "40x20",
                      "png:out/specimen.png"};
    step.limits.memory = 1ULL << 30;
    plan.steps.push_back({.action = std::move(step)});
    plan.outputs = {"out/specimen.png"};
    plan.explain = &explain;
    plan.doubt = [](const engine::StepEnd& end) {
      return end.errors.contains("unable to read font") ? std::optional(explain(end)) : std::nullopt;
    };
    return plan;
  }
};

}  // namespace
}  // namespace fontforge

Result<> register_fontforge(engine::Registry& registry) {
  return registry.add(std::make_unique<fontforge::FontForge>());
}

}  // namespace recast::engines
