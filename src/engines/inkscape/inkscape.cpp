#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <memory>

#include "engine/drawing.hpp"
#include "engine/explain.hpp"
#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace inkscape {
namespace {

using engine::drawing::Options;
using format::PageList;
using Arguments = std::vector<std::string>;

constexpr std::string_view kSample =
    "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10' fill='red'/></svg>";
constexpr std::chrono::seconds kMetafile{30};  // of a processor's time: what is not read then never is
constexpr int kNoSuchPage = 99;                // what Poppler's tools end with if a page range lies behind the document

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"Wrong page range given: the first page (1)", ErrorCode::open_failed, "The document has no readable pages."},
       {"Wrong page range", ErrorCode::conversion_failed, "no such page", "pages"},
       {"Illegal pageNo", ErrorCode::conversion_failed, "no such page", "pages"},
       {"Incorrect password", ErrorCode::open_failed, "The document is encrypted."},
       {"failed to create document", ErrorCode::open_failed, "The file is damaged or not what its name says."},
       {"Failed to load", ErrorCode::open_failed, "The file is damaged or not what its name says."},
       {"Couldn't", ErrorCode::open_failed, "The file is damaged or not what its name says."},
       {"May not be a PDF", ErrorCode::open_failed, "The file is damaged or not what its name says."}},
      end, "Inkscape");
}

/// It ends with status 0 whatever happens.
std::optional<Error> doubt(const engine::StepEnd& end) {
  for (const auto* const words : {"failed to create document", "Failed to load"}) {
    if (end.errors.find(words) != std::string_view::npos) return explain(end);
  }
  return std::nullopt;
}

engine::Step program(std::string name, Arguments arguments, int weight = 1) {
  engine::ProgramStep step;
  step.program = std::move(name);
  step.arguments = std::move(arguments);
  // Its extensions, such as the one that writes DXF, are programs in Python. Without a display it draws all the same.
  step.environment = {"PATH=/usr/bin:/bin",       "LC_ALL=C.UTF-8",    "HOME=tmp",   "INKSCAPE_PROFILE_DIR=tmp/profile",
                      "XDG_CACHE_HOME=tmp",       "XDG_DATA_HOME=tmp", "TMPDIR=tmp", "NO_AT_BRIDGE=1",
                      "PYTHONDONTWRITEBYTECODE=1"};
  step.limits = {.cpu = std::chrono::minutes(2), .memory = 3ULL << 30, .descriptors = 128, .processes = 64};
  return {std::move(step), weight};
}

Arguments image_size(const Options& options) {
  if (options.crops() || options.stays_inside())
    return {"--export-width=" + std::to_string(options.crops() ? options.covering_side() : *options.width)};
  Arguments result;
  if (options.width) result.push_back("--export-width=" + std::to_string(*options.width));
  if (options.height) result.push_back("--export-height=" + std::to_string(*options.height));
  if (result.empty()) result.push_back("--export-dpi=" + std::to_string(options.pixel_density));
  return result;
}

Arguments exporting(const Options& options, const std::string& to) {
  Arguments result{"--export-type=" + to, "--export-area-page"};
  if (to == "svg" || to == "svgz") result.emplace_back("--export-plain-svg");
  if (to == "png") append(result, image_size(options));
  if (to == "png" && !options.background.empty())
    append(result, {"--export-background=" + options.background, "--export-background-opacity=1"});
  if (options.text_to_path || to == "dxf") result.emplace_back("--export-text-to-path");
  // Its writer of DXF knows paths only.
  if (to == "dxf") result.emplace_back("--actions=select-all:all;object-unlink-clones;select-all:all;object-to-path");
  return result;
}

/// Nothing but paths becomes lines, and a file without any is worth nothing: grep fails where there are none.
void want_lines(engine::Plan& plan) {
  plan.steps.push_back(program("grep", {"-r", "-l", "-E", "^(LINE|LWPOLYLINE|POLYLINE|SPLINE)[[:space:]]*$", "out"}));
  plan.explain = [](const engine::StepEnd& end) -> Error {
    if (end.signal != 0 || end.exit_code != 1 || !end.output.empty() || !end.errors.empty()) return explain(end);
    return {ErrorCode::conversion_failed,
            "There is nothing in the drawing that DXF could hold: it has no lines, shapes or text.",
            {}};
  };
}

engine::Plan plan_file(const engine::Request& request, const Options& options) {
  const bool box = request.to == "png" && (options.crops() || options.stays_inside());
  engine::Plan plan;
  auto arguments = exporting(options, request.to);
  // A metafile's page is what was drawn; a drawing's page is what its author made it.
  if (request.to == "dxf") std::erase(arguments, "--export-area-page");
  append(arguments,
         {(box ? "--export-filename=tmp/out." : "--export-filename=out/out.") + request.to, request.inputs.front()});
  plan.steps.push_back(program("inkscape", std::move(arguments), 4));
  if (request.from == "wmf") std::get<engine::ProgramStep>(plan.steps.back().action).limits.cpu = kMetafile;
  if (box) fit_box(plan, options);
  plan.outputs = {"out/out." + request.to};
  return plan;
}

/// It opens one page of a document: the document is taken apart first, and `find` then has it draw whatever pages there
/// are and fails if one could not be drawn.
engine::Plan plan_pages(const engine::Request& request, const Options& options, std::vector<PageList::Range> ranges) {
  if (ranges.empty()) ranges.push_back({1, PageList::kOpen});
  engine::Plan plan;
  for (std::size_t at = 0; at < ranges.size(); ++at) {
    Arguments arguments{"-f", std::to_string(ranges[at].first)};
    if (ranges[at].last != PageList::kOpen) append(arguments, {"-l", std::to_string(ranges[at].last)});
    append(arguments, {request.inputs.front(), "tmp/page-%d.pdf"});
    plan.steps.push_back(program("pdfseparate", std::move(arguments)));
    if (at != 0) std::get<engine::ProgramStep>(plan.steps.back().action).accepted = {1, kNoSuchPage};
  }
  Arguments each{"tmp", "-name", "page-*.pdf", "(", "-exec", "inkscape"};
  append(each, exporting(options, request.to));
  append(each, {"--export-filename={}." + request.to, "{}", ";", "-o", "-exec", "false", "{}", "+", ")"});
  plan.steps.push_back(program("find", std::move(each), 4));
  plan.steps.push_back(
      program("find", {"tmp", "-name", "page-*." + request.to, "-exec", "mv", "-t", "out", "{}", "+"}));
  plan.outputs = {"out/page-*." + request.to};
  return plan;
}

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> list;
  const auto add = [&](std::string_view from, std::initializer_list<std::string_view> targets, int rank) {
    for (const auto to : targets) {
      std::vector<std::string> needs;
      if (from == "pdf") needs = {"pdfseparate"};
      if (to == "png") needs.emplace_back("convert-im6.q16");
      if (to == "dxf") needs.emplace_back("python3");
      list.push_back({std::string(from), std::string(to), rank, needs});
    }
  };
  // docs/decisions/0014.
  for (const auto* const from : {"svg", "svgz"}) {
    add(from, {"png"}, 30);
    add(from, {"pdf", "ps", "eps"}, 15);  // libvips (20) draws pixels into a PDF
    add(from, {"emf", "wmf", "dxf", "svg"}, 10);
  }
  for (const auto* const from : {"ai", "cdr", "emf"}) {
    add(from, {"svg", "png", "pdf", "eps", "ps", "dxf"}, 20);
    if (from != std::string_view("emf")) add(from, {"emf", "wmf"}, 20);
  }
  // Some keep it busy for minutes: LibreOffice first. It draws a PDF, from which all else is made: a way of one step
  // here would go before that.
  add("wmf", {"png", "pdf"}, 70);
  add("pdf", {"svg"}, 30);
  add("pdf", {"emf", "wmf", "dxf"}, 20);
  return list;
}

engine::Info describe() {
  engine::Info info;
  info.name = "inkscape";
  info.summary = "Vector drawings, by Inkscape.";
  info.group = "vector";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"inkscape"}, .version_command = {"inkscape", "--version"}, .version_pattern = "Inkscape ([0-9.]+)"};
  info.probe = {.from = "svg", .to = "png", .content = std::string(kSample), .options = {}};
  return info;
}

class Inkscape final : public engine::Engine {
 public:
  Inkscape() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_TRY(const auto pages, PageList::parse(options.pages));
    RECAST_CHECK(check(options));
    auto plan = request.from == "pdf" ? plan_pages(request, options, pages.merged()) : plan_file(request, options);
    plan.explain = &explain;
    plan.doubt = &doubt;
    if (request.to == "dxf") want_lines(plan);
    return plan;
  }
};

}  // namespace
}  // namespace inkscape

Result<> register_inkscape(engine::Registry& registry) { return registry.add(std::make_unique<inkscape::Inkscape>()); }

}  // namespace recast::engines
