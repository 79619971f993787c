#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <memory>

#include "engine/registry.hpp"
#include "engines/libreoffice/filters.hpp"
#include "engines/libreoffice/options.hpp"
#include "engines/libreoffice/samples.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace {

namespace json = boost::json;
using libreoffice::Module;
using libreoffice::Options;

constexpr std::string_view kPdfForImages = "tmp/document.pdf";
constexpr std::string_view kHealthText = "Recast health check";

Limits office_limits() { return {.memory = 3ULL << 30, .output = 1ULL << 30}; }

/// As LibreOffice's PageRange and as the page cutter want it: sorted, without overlaps.
std::string page_range(const format::PageList& pages) {
  std::string text;
  for (const auto [first, last] : pages.merged()) {
    if (!text.empty()) text += ',';
    if (last == format::PageList::kOpen)
      text += fmt::format("{}-", first);
    else if (first == last)
      text += fmt::format("{}", first);
    else
      text += fmt::format("{}-{}", first, last);
  }
  return text;
}

Result<> check(const Options& options) {
  constexpr std::array kPerPage = {1, 2, 3, 4, 6, 9};
  if (std::ranges::find(kPerPage, options.slides_per_handout_page) == kPerPage.end()) {
    return fail(ErrorCode::invalid_data, "The slides_per_handout_page must be one of 1, 2, 3, 4, 6, 9.",
                "slides_per_handout_page");
  }
  if (options.separator && !options.separator->empty()) {
    const auto& text = *options.separator;
    const auto symbol = static_cast<unsigned char>(text.front());
    if (text.size() != 1 || symbol > 126 || (symbol < 32 && symbol != '\t') || symbol == '"') {
      return fail(ErrorCode::invalid_data,
                  "The separator must be one character, such as a comma, a semicolon or a tab.", "separator");
    }
  }
  // LibreOffice's one-page-a-sheet export ignores which sheets were asked for and cuts the others: no answer is better.
  if (options.single_page && !options.sheets.empty()) {
    return fail(ErrorCode::invalid_data, "The single_page option cannot be combined with sheets.", "single_page");
  }
  if (options.sheets.size() > 1000) return fail(ErrorCode::invalid_data, "The sheets are too many.", "sheets");
  for (const auto& sheet : options.sheets) {
    if (sheet.empty() || sheet.size() > 200) {
      return fail(ErrorCode::invalid_data, "The sheets must be names or numbers of sheets.", "sheets");
    }
  }
  return {};
}

/// LibreOffice's own names, as its PDF filters read them.
json::object pdf_filter_data(const Options& options, Module module, const std::string& pages) {
  json::object data;
  data["ReduceImageResolution"] = !options.optimize_print;
  if (!options.optimize_print) data["MaxImageResolution"] = 150;
  data["Quality"] = options.optimize_print ? 95 : 80;
  data["ExportBookmarks"] = options.bookmarks;
  if (options.pdf_a) data["SelectPdfVersion"] = 2;
  // As notes of the PDF: without a window LibreOffice draws none in the margin.
  data["ExportNotes"] = options.include_markup;
  if (module == Module::impress) {
    data["ExportHiddenSlides"] = options.hidden_slides;
    data["ExportNotesPages"] = options.output_type == "notes";
    data["ExportOnlyNotesPages"] = options.output_type == "notes";
  }
  if (module == Module::calc) data["SinglePageSheets"] = options.single_page;
  // The outline has pages of its own; they are cut when it is made.
  if (!pages.empty() && !(module == Module::impress && options.output_type == "outline")) data["PageRange"] = pages;
  return data;
}

json::object pdf_request(const Options& options, Module module, const std::string& pages) {
  json::object request;
  request["pdf"] = pdf_filter_data(options, module, pages);
  if (module != Module::impress) return request;
  if (options.output_type == "outline" || options.output_type == "handouts")
    request["output_type"] = options.output_type;
  if (options.output_type == "handouts") request["slides_per_handout_page"] = options.slides_per_handout_page;
  if (options.output_type == "outline" && !pages.empty()) request["pages"] = pages;
  return request;
}

json::object sheet_request(const Options& options, std::string_view from, std::string_view to, Module module) {
  json::object request;
  const auto is_text = [](std::string_view format) { return format == "csv" || format == "tsv"; };
  if (!options.sheets.empty() && module == Module::calc)
    request["sheets"] = json::array(options.sheets.begin(), options.sheets.end());
  if (!is_text(from) && !is_text(to)) return request;
  if (options.separator && !options.separator->empty()) request["separator"] = *options.separator;
  if (options.all_sheets && is_text(to)) request["all_sheets"] = true;
  return request;
}

Error explain_drawing(const engine::StepEnd& end) {
  if (end.signal != 0) return {ErrorCode::conversion_failed, "The pages could not be drawn: the program crashed.", ""};
  if (end.errors.find("Wrong page range") != std::string_view::npos) {
    return {ErrorCode::conversion_failed, "There is no such page.", ""};
  }
  return {ErrorCode::conversion_failed, "The pages could not be drawn.", ""};
}

engine::Step draw_pages(const Options& options, std::string_view to) {
  engine::ProgramStep step{.program = "pdftoppm", .limits = office_limits()};
  // The worker has already cut the pages to the wanted size, so density alone decides the pixels.
  step.arguments = {"-r", fmt::format("{}", options.pixel_density)};
  if (to == "png") {
    step.arguments.emplace_back("-png");
  } else {
    step.arguments.emplace_back("-jpeg");
    if (options.quality) {
      step.arguments.emplace_back("-jpegopt");
      step.arguments.push_back(fmt::format("quality={}", *options.quality));
    }
  }
  step.arguments.emplace_back(kPdfForImages);
  step.arguments.emplace_back("out/page");
  return {.action = std::move(step)};
}

engine::Info describe() {
  return {
      .name = "libreoffice",
      .aliases = {"office"},
      .summary = "Text documents, sheets, slides and drawings, by LibreOffice.",
      .group = "document",
      .abilities = {{.conversions = libreoffice::conversions(), .options = schema::describe<Options>()}},
      .detection = {.programs = {"soffice.bin", "pdftoppm"}},
      .workers = {{.name = "office", .program = "recast-worker-office", .arguments = {"--install={install}"}}},
      .probe = {.from = "docx", .to = "pdf", .content = libreoffice::docx_sample(kHealthText)},
  };
}

class LibreOffice final : public engine::Engine {
 public:
  LibreOffice() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(check(options));
    RECAST_TRY(const auto pages, format::PageList::parse(options.pages));
    return plan_for(request, options, page_range(pages));
  }

  static engine::Plan plan_for(const engine::Request& request, const Options& options, const std::string& pages) {
    const bool raster = libreoffice::is_raster(request.to);
    const auto module = libreoffice::find_import(request.from, request.to)->module;

    engine::WorkerStep step{.worker = "office", .inputs = request.inputs, .limits = office_limits()};
    step.request = {{"from", request.from}, {"to", raster ? "pdf" : request.to}};
    if (!options.password.empty()) step.request["password"] = options.password;
    const auto put = [&](const json::object& members) {
      for (const auto& member : members) step.request[member.key()] = member.value();
    };
    put(sheet_request(options, request.from, request.to, module));
    // What was deleted under tracked changes must not turn up in a format that cannot mark it as such.
    const bool shown = (raster || request.to == "pdf") && options.include_markup;
    if (module == Module::writer && !shown && !libreoffice::keeps_changes(request.to))
      step.request["accept_changes"] = true;
    if (raster || request.to == "pdf") put(pdf_request(options, module, pages));
    if (raster) {
      step.request["raster"] = raster_request(options);
      step.outputs = {std::string(kPdfForImages)};
      engine::Plan plan{.steps = {{.action = std::move(step), .weight = 2}}, .outputs = {"out/page-*." + request.to}};
      plan.steps.push_back(draw_pages(options, request.to));
      plan.explain = &explain_drawing;
      return plan;
    }
    step.outputs = {"out/out." + request.to};
    step.sequence = step.request.contains("all_sheets") || (is_csv(request.to) && options.sheets.size() > 1);
    auto result = step.sequence ? "out/out-*." + request.to : step.outputs.front();
    return {.steps = {{.action = std::move(step)}}, .outputs = {std::move(result)}};
  }

  static bool is_csv(std::string_view format) { return format == "csv" || format == "tsv"; }

  static json::object raster_request(const Options& options) {
    json::object raster{{"density", options.pixel_density}};
    if (!options.width && !options.height) return raster;
    if (options.width) raster["width"] = *options.width;
    if (options.height) raster["height"] = *options.height;
    raster["fit"] = options.fit;
    return raster;
  }
};

}  // namespace

Result<> register_libreoffice(engine::Registry& registry) { return registry.add(std::make_unique<LibreOffice>()); }

}  // namespace recast::engines
