#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "engine/registry.hpp"
#include "engine/resizing.hpp"
#include "engines/ghostscript/options.hpp"
#include "engines/ghostscript/pdftools.hpp"
#include "engines/ghostscript/program.hpp"
#include "engines/ghostscript/standards.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace ghostscript {
namespace {

constexpr std::string_view kProbeEps =
    "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\n0 0 10 10 rectfill showpage\n%%EOF\n";

/// A page that is to fill a box has to be drawn large enough for it; how large it is, a plan does not know. Most are at
/// least eight inches long.
std::int64_t density(const ImageOptions& options) {
  constexpr std::int64_t kInches = 8, kMost = 600;
  if (options.fit == "max" || (!options.width && !options.height)) return options.pixel_density;
  const auto longest = std::max(options.width.value_or(0), options.height.value_or(0));
  return std::max(options.pixel_density, std::min(longest / kInches, kMost));
}

std::string_view image_device(std::string_view to, const ImageOptions& options) {
  const bool gray = options.gray(), cmyk = options.colorspace == "cmyk";
  if (to == "png") return options.transparent ? "pngalpha" : gray ? "pnggray" : "png16m";
  if (to == "jpg") return gray ? "jpeggray" : cmyk ? "jpegcmyk" : "jpeg";
  return gray ? "tiffgray" : cmyk ? "tiff32nc" : "tiff24nc";
}

Result<engine::Plan> image(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<ImageOptions>(request.options));
  RECAST_TRY(const auto pages, format::PageList::parse(options.pages));
  if (options.colorspace == "cmyk" && request.to == "png")
    return fail(ErrorCode::invalid_data, "The colorspace cmyk is possible for jpg and tiff only.", "colorspace");
  engine::Plan plan;
  const auto input = open(plan, request, options.password, pages);
  const bool one_file = request.to == "tiff";
  const std::string name = (one_file ? "page." : "page-%d.") + request.to;
  auto fitting = engine::resizing(options.width, options.height, options.fit);
  if (options.transparent && options.gray()) append(fitting, {"-colorspace", "gray"});

  Arguments arguments{fmt::format("-r{}", density(options)), "-dEPSCrop", "-dUseCropBox"};
  if (options.antialias) append(arguments, {"-dTextAlphaBits=4", "-dGraphicsAlphaBits=4"});
  if (one_file) arguments.emplace_back("-sCompression=lzw");
  // What is resized is compressed again: only then with the quality that was wished for.
  const auto quality = fitting.empty() ? options.quality.value_or(90) : 100;
  if (request.to == "jpg") arguments.push_back(fmt::format("-dJPEGQ={}", quality));
  arguments.push_back(input);
  plan.steps.push_back(
      draw(image_device(request.to, options), (fitting.empty() ? "out/" : "tmp/") + name, std::move(arguments)));
  if (!fitting.empty()) {
    if (request.to == "jpg") append(fitting, {"-quality", std::to_string(options.quality.value_or(90))});
    if (one_file) append(fitting, {"-compress", "lzw"});
    append(fitting, {"-path", "out", "-format", request.to, fmt::format("{}:tmp/page*.{}", request.to, request.to)});
    plan.steps.push_back(program("mogrify", std::move(fitting)));
  }
  plan.outputs = {one_file ? "out/page.tiff" : "out/page-*." + request.to};
  return plan;
}

/// PDF/A of a PDF, whose links, title and text survive Ghostscript by a step before it and one behind.
void archive_pdf(engine::Plan& plan, const std::string& input, char part, const std::string& output) {
  const std::string printable = "tmp/printable.pdf", archived = "tmp/archived.pdf";
  plan.steps.push_back(qpdf("before pdf/a", {input}, printable));
  add_pdf_a(plan, printable, part, archived);
  plan.steps.push_back(qpdf("after pdf/a", {archived, input}, output));
}

/// PDF, PostScript, XPS and text.
Result<engine::Plan> document(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<PdfOptions>(request.options));
  RECAST_TRY(const auto pages, format::PageList::parse(options.pages));
  engine::Plan plan;
  const auto input = open(plan, request, options.password, pages);
  plan.outputs = {"out/out." + request.to};
  if (request.to == "pdf" && options.pdf_a) {
    const auto add = request.from == "pdf" ? &archive_pdf : &add_pdf_a;
    add(plan, input, '2', plan.outputs.front());
    return plan;
  }
  Arguments arguments{"-dEPSCrop"};
  std::string_view device = "pdfwrite";
  if (request.to == "ps") device = "ps2write";
  if (request.to == "eps") device = "eps2write";
  if (request.to == "xps") device = "xpswrite";
  if (request.to == "txt") device = "txtwrite";
  if (request.to == "pdf") append(arguments, faithful());
  arguments.push_back(input);
  // An EPS holds one page.
  if (request.to == "eps") plan.outputs = {"out/out-*.eps"};
  plan.steps.push_back(
      draw(device, request.to == "eps" ? "out/out-%d.eps" : plan.outputs.front(), std::move(arguments)));
  return plan;
}

Result<engine::Plan> pdf_a(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<PdfAOptions>(request.options));
  engine::Plan plan;
  const auto input = open(plan, request, options.password);
  plan.outputs = {"out/out.pdf"};
  archive_pdf(plan, input, options.conformance_level.front(), plan.outputs.front());
  return plan;
}

Result<engine::Plan> pdf_x(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<PdfXOptions>(request.options));
  engine::Plan plan;
  const auto input = open(plan, request, options.password);
  plan.outputs = {"out/out.pdf"};
  add_pdf_x(plan, input, options.conformance_level, plan.outputs.front());
  return plan;
}

/// Ghostscript's own are PostScript and EPS; PDF-based drawings are others' first, and PDF is a last resort.
std::vector<engine::Conversion> conversions(std::initializer_list<std::string_view> targets, int from_pdf) {
  auto all = engine::pairs({"ps", "eps"}, targets, 10);
  std::ranges::move(engine::pairs({"ai"}, targets, 20), std::back_inserter(all));
  std::ranges::move(engine::pairs({"pdf"}, targets, from_pdf), std::back_inserter(all));
  return all;
}

engine::Info describe() {
  engine::Info info;
  info.name = "ghostscript";
  info.summary = "Draws PostScript and PDF, and makes PDF for archives and presses.";
  info.group = "vector";
  auto documents = conversions({"ps", "eps", "xps", "txt"}, 50);
  for (auto& pair : documents) {
    if (pair.from == "pdf" && (pair.to == "ps" || pair.to == "eps")) pair.rank = 30;
    if (pair.to == "xps") pair.rank = 10;
  }
  auto pdf = conversions({"pdf"}, 50);
  pdf.push_back({"pdf", "pdf", 50, {}});
  info.abilities = {
      {.conversions = conversions({"png", "jpg", "tiff"}, 50), .options = schema::describe<ImageOptions>()},
      {.conversions = std::move(documents), .options = schema::describe<PageOptions>()},
      {.conversions = std::move(pdf), .options = schema::describe<PdfOptions>()},
      {.operation = "pdf/a", .conversions = {{"", "", 10, {}}}, .options = schema::describe<PdfAOptions>()},
      {.operation = "pdf/x", .conversions = {{"", "", 10, {}}}, .options = schema::describe<PdfXOptions>()}};
  info.detection = {.programs = {"gs"}, .version_command = {"gs", "--version"}, .version_pattern = "([0-9.]+)"};
  info.probe = {.from = "eps", .to = "png", .content = std::string(kProbeEps), .options = {{"pixel_density", 72}}};
  return info;
}

class Ghostscript final : public engine::Engine {
 public:
  Ghostscript() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.inputs.empty()) return fail(ErrorCode::invalid_data, "There is no file.", "input");
    if (request.operation == "pdf/a") return pdf_a(request);
    if (request.operation == "pdf/x") return pdf_x(request);
    const bool picture = request.to == "png" || request.to == "jpg" || request.to == "tiff";
    return picture ? image(request) : document(request);
  }
};

}  // namespace
}  // namespace ghostscript

Result<> register_ghostscript(engine::Registry& registry) {
  RECAST_CHECK(registry.add(std::make_unique<ghostscript::Ghostscript>()));
  return ghostscript::add_pdftools(registry);
}

}  // namespace recast::engines
