#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/magick.hpp"
#include "engine/pdf_input.hpp"

namespace recast::engine::magick {

namespace {

constexpr int kNoSuchPage = 99;  // what Poppler's tools end with if a page range lies behind the document
constexpr int kDensity = 150;

/// Pages as tmp/page-N.ppm, a step for each range. The ranges are sorted: if the first has no page, none has, and that
/// is the task's error; a later one without a page is dropped.
void render(Plan& plan, const std::string& input, const Options& options, std::vector<format::PageList::Range> ranges) {
  if (ranges.empty()) ranges.push_back({1, format::PageList::kOpen});
  for (std::size_t at = 0; at < ranges.size(); ++at) {
    ProgramStep step;
    step.program = "pdftoppm";
    step.arguments = {"-r", std::to_string(options.pixel_density.value_or(kDensity)), "-f",
                      std::to_string(ranges[at].first)};
    if (ranges[at].last != format::PageList::kOpen) {
      step.arguments.emplace_back("-l");
      step.arguments.push_back(std::to_string(ranges[at].last));
    }
    step.arguments.push_back(input);
    step.arguments.emplace_back("tmp/page");
    step.limits = {.memory = 3ULL << 30, .processes = 32};
    if (at != 0) step.accepted = {kNoSuchPage};
    plan.steps.push_back({.action = std::move(step), .weight = 3});
  }
}

}  // namespace

void finish_pages(Plan& plan, Product product, const Options& options, const std::string& from, const std::string& to) {
  const bool imagemagick = product == Product::imagemagick;
  if (imagemagick) add_policy(plan);
  auto arguments = shaping(product, options, to, true);
  std::ranges::move(writing(options, from, to), std::back_inserter(arguments));
  if (to == "tiff") {
    arguments.insert(arguments.begin(), "tmp/page-*.ppm");
    arguments.emplace_back("tiff:out/out.tiff");
    plan.steps.push_back(step(product, "convert", std::move(arguments)));
    plan.outputs = {"out/out.tiff"};
    return;
  }
  auto target = imagemagick ? Arguments{"-path", "out"} : Arguments{"-create-directories", "-output-directory", "out"};
  std::ranges::move(target, std::back_inserter(arguments));
  std::ranges::move(Arguments{"-format", to, "tmp/page-*.ppm"}, std::back_inserter(arguments));
  plan.steps.push_back(step(product, "mogrify", std::move(arguments)));
  // GraphicsMagick keeps the source's folder below the output's.
  plan.outputs = {(imagemagick ? "out/page-*." : "out/tmp/page-*.") + to};
}

Plan draw_pages(Product product, const Request& request, const Options& options, const format::PageList& pages) {
  Plan plan;
  plan.explain = &explain;
  render(plan, unlock_pdf(plan, request.inputs.front(), options.password), options, pages.merged());
  auto finish = options;
  finish.pixel_density = options.pixel_density.value_or(kDensity);
  if (!finish.quality && request.to == "png") finish.quality = 75;
  finish_pages(plan, product, finish, "pdf", request.to);
  return plan;
}

}  // namespace recast::engine::magick
