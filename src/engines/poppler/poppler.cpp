#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/pdf_input.hpp"
#include "engine/registry.hpp"
#include "engine/resizing.hpp"
#include "engine/samples.hpp"
#include "engines/poppler/explain.hpp"
#include "engines/poppler/options.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace poppler {
namespace {

constexpr int kNoSuchPage = 99;  // what Poppler's tools end with if a page range lies behind the document
constexpr std::uint64_t kMemory = 3ULL << 30;
constexpr std::uint32_t kProcesses = 32;

const engine::Conversion kConversions[] = {{"pdf", "png", 10}, {"pdf", "jpg", 10},  {"pdf", "tiff", 10},
                                           {"pdf", "txt", 10}, {"pdf", "html", 20}, {"pdf", "svg", 20},
                                           {"pdf", "eps", 20}, {"pdf", "ps", 20},   {"pdf", "cbz", 10, {"bsdtar"}}};

using Range = format::PageList::Range;
using Arguments = std::vector<std::string>;

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

engine::Step step(std::string program, Arguments arguments, int weight = 1) {
  engine::ProgramStep action;
  action.program = std::move(program);
  action.arguments = std::move(arguments);
  action.limits.memory = kMemory;
  action.limits.processes = kProcesses;
  return {std::move(action), weight};
}

/// Status `also` counts as success in every step but the first of a list of ranges. The ranges are sorted: if the first
/// has no page, none has, and that is the task's error; a later one without a page is dropped.
void tolerate_after_first(engine::Step& one, std::size_t index, int also) {
  if (index != 0) std::get<engine::ProgramStep>(one.action).accepted.push_back(also);
}

class Planner {
 public:
  Planner(const engine::Request& request, Options options, format::PageList pages)
      : request_(request), options_(std::move(options)), ranges_(pages.merged()) {
    if (ranges_.empty()) ranges_.push_back({1, format::PageList::kOpen});
    plan_.explain = &explain;
    plan_.doubt = &doubt;
    input_ = engine::unlock_pdf(plan_, request.inputs.front(), options_.password);
  }

  engine::Plan raster();
  engine::Plan comic();
  engine::Plan text();
  engine::Plan html();
  engine::Plan svg();
  engine::Plan postscript();

 private:
  Arguments selection(const Range& range) const {
    Arguments result;
    if (range.first > 1) append(result, {"-f", std::to_string(range.first)});
    if (range.last != format::PageList::kOpen) append(result, {"-l", std::to_string(range.last)});
    return result;
  }

  Arguments size() const;
  Arguments rendering(std::string_view type) const;
  bool needs_resizing() const;

  const engine::Request& request_;
  Options options_;
  std::vector<Range> ranges_;
  std::string input_;  // without its password, if it had one
  engine::Plan plan_;
};

/// pdftoppm knows one side, both sides or a square. A box of two different sides needs a second step, because a plan
/// does not know the shape of the pages.
bool Planner::needs_resizing() const {
  if (!options_.width || !options_.height) return false;
  return options_.fit == "crop" || (options_.fit == "max" && *options_.width != *options_.height);
}

Arguments Planner::size() const {
  const auto width = options_.width, height = options_.height;
  if (!width && !height) return {"-r", std::to_string(options_.pixel_density)};
  if (!width || !height) {
    return {"-scale-to-x", width ? std::to_string(*width) : "-1", "-scale-to-y",
            height ? std::to_string(*height) : "-1"};
  }
  if (options_.fit == "scale") return {"-scale-to-x", std::to_string(*width), "-scale-to-y", std::to_string(*height)};
  const auto longest = std::max(*width, *height);
  // A page to be cropped has to cover the box: pages are seldom longer than 1.5 times their width.
  return {"-scale-to", std::to_string(options_.fit == "crop" ? longest + longest / 2 : longest)};
}

Arguments Planner::rendering(std::string_view type) const {
  auto result = size();
  if (options_.gray()) result.emplace_back("-gray");
  if (options_.hide_annotations) result.emplace_back("-hide-annotations");
  if (!options_.antialias) append(result, {"-aa", "no", "-aaVector", "no"});
  if (type == "png") result.emplace_back("-png");
  if (type == "jpg") result.emplace_back(options_.colorspace == "cmyk" ? "-jpegcmyk" : "-jpeg");
  if (type == "jpg" && options_.quality) append(result, {"-jpegopt", fmt::format("quality={}", *options_.quality)});
  return result;
}

engine::Plan Planner::raster() {
  const bool one_file = request_.to == "tiff";
  const bool second_step = one_file || needs_resizing();
  const auto render = rendering(second_step ? "ppm" : request_.to);
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    auto arguments = selection(ranges_[i]);
    append(arguments, render);
    append(arguments, {input_, second_step ? "tmp/page" : "out/page"});
    plan_.steps.push_back(step("pdftoppm", std::move(arguments), 4));
    tolerate_after_first(plan_.steps.back(), i, kNoSuchPage);
  }
  if (!second_step) {
    plan_.outputs = {"out/page-*." + request_.to};
    return std::move(plan_);
  }
  Arguments finish = needs_resizing()
                         ? engine::resizing(options_.width, options_.height, options_.fit)
                         : Arguments{"-units", "PixelsPerInch", "-density", std::to_string(options_.pixel_density)};
  if (options_.colorspace == "cmyk") append(finish, {"-colorspace", "CMYK"});
  if (options_.quality && !one_file) append(finish, {"-quality", std::to_string(*options_.quality)});
  if (one_file) {
    Arguments arguments{"tmp/page-*"};
    append(arguments, std::move(finish));
    append(arguments, {"-compress", "lzw", "out/out.tiff"});
    plan_.steps.push_back(step("convert", std::move(arguments), 2));
    plan_.outputs = {"out/out.tiff"};
  } else {
    append(finish, {"-path", "out", "-format", request_.to, "tmp/page-*"});
    plan_.steps.push_back(step("mogrify", std::move(finish), 2));
    plan_.outputs = {"out/page-*." + request_.to};
  }
  return std::move(plan_);
}

/// The pages as JPEG files in a ZIP archive. Readers of comics go by names, and pdftoppm fills numbers up with zeros.
engine::Plan Planner::comic() {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    auto arguments = selection(ranges_[i]);
    append(arguments, rendering("jpg"));
    append(arguments, {input_, "tmp/page"});
    plan_.steps.push_back(step("pdftoppm", std::move(arguments), 4));
    tolerate_after_first(plan_.steps.back(), i, kNoSuchPage);
  }
  if (needs_resizing()) {
    auto finish = engine::resizing(options_.width, options_.height, options_.fit);
    finish.emplace_back("tmp/page-*.jpg");
    plan_.steps.push_back(step("mogrify", std::move(finish), 2));
  }
  auto list = step("find", {"tmp", "-name", "page-*.jpg", "-printf", "%f\\0"});
  std::get<engine::ProgramStep>(list.action).output_file = "tmp/list";
  plan_.steps.push_back(std::move(list));
  plan_.steps.push_back(step("bsdtar", {"-c", "-f", "out/out.cbz", "--format", "zip", "--uid", "0", "--gid", "0",
                                        "--numeric-owner", "-C", "tmp", "--null", "-T", "tmp/list"}));
  plan_.outputs = {"out/out.cbz"};
  return std::move(plan_);
}

engine::Plan Planner::text() {
  Arguments common{"-enc", "UTF-8", "-eol", "unix"};
  if (options_.layout) common.emplace_back("-layout");
  const bool several = ranges_.size() > 1;
  // sed copies all lines of all parts into one file, and says with 2 that a part was missing: its range had no page.
  Arguments join{"-n", "w out/out.txt"};
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const auto part = several ? fmt::format("tmp/part-{}.txt", i + 1) : std::string("out/out.txt");
    auto arguments = selection(ranges_[i]);
    append(arguments, common);
    append(arguments, {input_, part});
    plan_.steps.push_back(step("pdftotext", std::move(arguments)));
    tolerate_after_first(plan_.steps.back(), i, kNoSuchPage);
    join.push_back(part);
  }
  if (several) {
    plan_.steps.push_back(step("sed", std::move(join)));
    std::get<engine::ProgramStep>(plan_.steps.back().action).accepted.push_back(2);
  }
  plan_.outputs = {"out/out.txt"};
  return std::move(plan_);
}

engine::Plan Planner::html() {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    auto arguments = selection(ranges_[i]);
    append(arguments, {"-s", "-noframes", "-dataurls", "-enc", "UTF-8", "-zoom", fmt::format("{}", options_.zoom),
                       input_, fmt::format("out/out-{}.html", i + 1)});
    plan_.steps.push_back(step("pdftohtml", std::move(arguments)));
    tolerate_after_first(plan_.steps.back(), i, 1);
  }
  plan_.outputs = {"out/out-*.html"};
  return std::move(plan_);
}

/// pdftocairo puts all pages into one SVG, which viewers do not understand. So the document is taken apart first;
/// `find` then draws whatever pages there are and fails if one could not be drawn.
engine::Plan Planner::svg() {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    Arguments arguments{"-f", std::to_string(ranges_[i].first)};
    if (ranges_[i].last != format::PageList::kOpen) append(arguments, {"-l", std::to_string(ranges_[i].last)});
    append(arguments, {input_, "tmp/page-%d.pdf"});
    plan_.steps.push_back(step("pdfseparate", std::move(arguments)));
    tolerate_after_first(plan_.steps.back(), i, kNoSuchPage);
    tolerate_after_first(plan_.steps.back(), i, 1);
  }
  plan_.steps.push_back(step("find",
                             {"tmp", "-name", "page-*.pdf", "(", "-exec", "pdftocairo", "-svg", "{}", "{}.svg", ";",
                              "-o", "-exec", "false", "{}", "+", ")"},
                             4));
  plan_.steps.push_back(step("find", {"tmp", "-name", "page-*.svg", "-exec", "mv", "-t", "out", "{}", "+"}));
  plan_.outputs = {"out/page-*.svg"};
  return std::move(plan_);
}

engine::Plan Planner::postscript() {
  // An EPS holds one page. A PostScript file of several ranges would have to be joined: one file per range instead.
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    auto range = ranges_[i];
    if (request_.to == "eps") range.last = range.first;
    auto arguments = selection(range);
    append(arguments, {"-" + request_.to, input_, fmt::format("out/out-{}.{}", i + 1, request_.to)});
    plan_.steps.push_back(step("pdftocairo", std::move(arguments)));
    tolerate_after_first(plan_.steps.back(), i, kNoSuchPage);
  }
  plan_.outputs = {"out/out-*." + request_.to};
  return std::move(plan_);
}

engine::Info describe() {
  engine::Info info;
  info.name = "poppler";
  info.summary = "Draws the pages of PDF documents and reads their text.";
  info.group = "document";
  info.abilities = {
      {.conversions = {std::begin(kConversions), std::end(kConversions)}, .options = schema::describe<Options>()}};
  info.detection = {.programs = {"pdftoppm", "pdftocairo", "pdftotext", "pdftohtml", "pdfseparate"},
                    .version_command = {"pdftoppm", "-v"},
                    .version_pattern = "version ([0-9.]+)"};
  info.probe = {
      .from = "pdf", .to = "png", .content = std::string(engine::kProbePdf), .options = {{"pixel_density", 20}}};
  return info;
}

class Poppler final : public engine::Engine {
 public:
  Poppler() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    if (options.colorspace == "cmyk" && request.to != "jpg" && request.to != "tiff") {
      return fail(ErrorCode::invalid_data, "The colorspace cmyk is possible for jpg and tiff only.", "colorspace");
    }
    RECAST_TRY(auto pages, format::PageList::parse(options.pages));
    Planner planner(request, std::move(options), std::move(pages));
    if (request.to == "cbz") return planner.comic();
    if (request.to == "txt") return planner.text();
    if (request.to == "html") return planner.html();
    if (request.to == "svg") return planner.svg();
    if (request.to == "ps" || request.to == "eps") return planner.postscript();
    return planner.raster();
  }
};

}  // namespace
}  // namespace poppler

Result<> register_poppler(engine::Registry& registry) { return registry.add(std::make_unique<poppler::Poppler>()); }

}  // namespace recast::engines
