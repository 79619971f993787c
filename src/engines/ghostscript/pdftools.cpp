#include "engines/ghostscript/pdftools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "engine/samples.hpp"
#include "engines/ghostscript/options.hpp"
#include "engines/ghostscript/program.hpp"
#include "schema/parse.hpp"

namespace recast::engines::ghostscript {

namespace {

/// What a profile makes of pictures: dots per inch, JPEG's QFactor (of Adobe's distiller parameters: 0.15 is best, 2.4
/// worst), colours.
struct Recipe {
  std::string_view profile;
  int density;
  int mono_density;
  double q_factor;
  std::string_view colorspace;
  bool for_screens;  ///< linearized
  bool strip;        ///< without metadata
};

constexpr std::array kRecipes{Recipe{"web", 150, 300, 0.76, "rgb", true, false},
                              Recipe{"print", 300, 1200, 0.25, "cmyk", false, false},
                              Recipe{"max", 96, 200, 1.3, "rgb", true, true}};

Arguments pictures(const Recipe& recipe) {
  Arguments result{"-dPassThroughJPEGImages=false", "-dDetectDuplicateImages=true"};
  for (const auto* const kind : {"Color", "Gray", "Mono"}) {
    const bool mono = std::string_view(kind) == "Mono";
    append(result, {fmt::format("-dDownsample{}Images=true", kind),
                    fmt::format("-d{}ImageDownsampleType=/{}", kind, mono ? "Subsample" : "Bicubic"),
                    fmt::format("-d{}ImageDownsampleThreshold=1.2", kind),
                    fmt::format("-d{}ImageResolution={}", kind, mono ? recipe.mono_density : recipe.density)});
  }
  return result;
}

Arguments colours(std::string_view colorspace) {
  if (colorspace == "unchanged") return {"-sColorConversionStrategy=LeaveColorUnchanged"};
  if (colorspace == "rgb") return {"-sColorConversionStrategy=RGB"};
  if (colorspace == "cmyk") return {"-sColorConversionStrategy=CMYK"};
  return {"-sColorConversionStrategy=Gray", "-dProcessColorModel=/DeviceGray"};
}

std::string quality(const Recipe& recipe) {
  return fmt::format(
      "/recipe << /QFactor {} /Blend 1 /HSamples [2 1 1 2] /VSamples [2 1 1 2] >> def << /ColorACSImageDict recipe "
      "/GrayACSImageDict recipe /ColorImageDict recipe /GrayImageDict recipe >> setdistillerparams",
      recipe.q_factor);
}

engine::Step distill(const Recipe& recipe, std::string_view colorspace, const std::string& input,
                     const std::string& output) {
  // Comments are part of a document on screen, whether they are to be printed or not.
  Arguments arguments{"-dCompatibilityLevel=1.6", "-dAutoRotatePages=/None", "-dPrinted=false"};
  append(arguments, pictures(recipe));
  append(arguments, colours(colorspace.empty() ? recipe.colorspace : colorspace));
  append(arguments, {"-c", quality(recipe), "-f", input});
  return draw("pdfwrite", output, std::move(arguments), 9);
}

/// What is packed is `input`; what it is restricted to, the original says.
engine::Step pack(const std::string& input, const std::string& original, boost::json::object options) {
  std::vector<std::string> inputs{input};
  if (original != input) inputs.push_back(original);
  return qpdf("optimize", std::move(inputs), "out/out.pdf", std::move(options));
}

/// Pages are drawn as they look, all into one stream: how many there are, a plan does not know.
void split_scans(engine::Plan& plan, const std::string& input, const std::string& original, bool gray) {
  auto drawing = program("pdftoppm", {"-r", "300", "-cropbox", "-hide-annotations", input}, 9);
  std::get<engine::ProgramStep>(drawing.action).output_file = "tmp/pages.ppm";
  plan.steps.push_back(std::move(drawing));
  auto splitting = qpdf("mrc", {input, "tmp/pages.ppm", original}, "out/out.pdf", {{"gray", gray}});
  splitting.weight = 9;
  plan.steps.push_back(std::move(splitting));
}

/// `optimize` has no option for a password.
Error without_password(Error error) {
  if (error.field == "password")
    error = {error.code, "The document is encrypted; pdf/decrypt opens it with its password.", {}};
  return error;
}

engine::Info describe() {
  engine::Info info;
  info.name = "pdftools";
  info.aliases = {"3heights"};
  info.summary = "Makes PDF smaller, by Ghostscript and libqpdf.";
  info.group = "document";
  info.abilities = {
      {.operation = "optimize", .conversions = {{"pdf", "", 10, {}}}, .options = schema::describe<OptimizeOptions>()}};
  info.detection = {
      .programs = {"gs", "pdftoppm"}, .version_command = {"gs", "--version"}, .version_pattern = "([0-9.]+)"};
  info.probe = {.operation = "optimize",
                .from = "pdf",
                .to = "",
                .content = std::string(engine::kProbePdf),
                .options = {{"profile", "archive"}}};
  return info;
}

class PdfTools final : public engine::Engine {
 public:
  PdfTools() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<OptimizeOptions>(request.options));
    engine::Plan plan;
    plan.explain = [](const engine::StepEnd& end) { return without_password(explain(end)); };
    plan.doubt = [](const engine::StepEnd& end) -> std::optional<Error> {
      const auto told = doubt(end);
      return told ? std::optional(without_password(*told)) : std::nullopt;
    };
    plan.outputs = {"out/out.pdf"};
    const auto& original = request.inputs.front();
    const auto colorspace = options.colorspace.value_or("");
    if (options.profile == "archive") {
      if (!colorspace.empty() && colorspace != "unchanged")
        return fail(ErrorCode::invalid_data, "The profile archive leaves colours as they are.", "colorspace");
      plan.steps.push_back(pack(original, original, {{"flatten_signatures", options.flatten_signatures}}));
      return plan;
    }
    auto input = original;
    if (options.flatten_signatures || options.profile == "mrc") {
      // Before a scan is drawn, the worker tells whether it can be opened at all, and mends it.
      input = "tmp/flat.pdf";
      plan.steps.push_back(qpdf("optimize", {original}, input, {{"flatten_signatures", options.flatten_signatures}}));
    }
    if (options.profile == "mrc") {
      if (colorspace == "cmyk")
        return fail(ErrorCode::invalid_data, "The profile mrc has the colours of screens.", "colorspace");
      split_scans(plan, input, original, colorspace == "grayscale");
      return plan;
    }
    const auto* const recipe = std::ranges::find(kRecipes, std::string_view(options.profile), &Recipe::profile);
    const bool keeps_form = recipe->for_screens && colorspace.empty();
    if (!keeps_form) {  // its fields become part of the page, with what is in them
      const auto before = std::exchange(input, "tmp/filled.pdf");
      plan.steps.push_back(qpdf("fill in", {before}, input));
    }
    plan.steps.push_back(distill(*recipe, colorspace, input, "tmp/small.pdf"));
    plan.steps.push_back(
        pack("tmp/small.pdf", input,
             {{"linearize", recipe->for_screens}, {"strip", recipe->strip}, {"keep_form", keeps_form}}));
    return plan;
  }
};

}  // namespace

Result<> add_pdftools(engine::Registry& registry) { return registry.add(std::make_unique<PdfTools>()); }

}  // namespace recast::engines::ghostscript
