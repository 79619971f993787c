#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <memory>
#include <optional>

#include "engine/explain.hpp"
#include "engine/magick.hpp"
#include "engine/registry.hpp"
#include "engines/djvulibre/samples.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace djvulibre {
namespace {

namespace magick = engine::magick;
using format::PageList;
using Arguments = std::vector<std::string>;

/// What a client may say of documents and text (processing.md 3.15); of images as of every raster conversion.
struct Options {
  std::string pages;
  std::optional<std::int64_t> quality;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages to convert, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::quality, "quality",
                    "Quality of the pictures in a PDF, 25 to 100; they are kept without loss if not given.",
                    {.min = 25, .max = 100}),
  };
};

Error explain(const engine::StepEnd& end) {
  return engine::explain_by({{"not found", ErrorCode::conversion_failed, "no such page", "pages"},
                             {"Unexpected End Of File", ErrorCode::open_failed, "The file is damaged."},
                             {"Cannot decode", ErrorCode::open_failed, "The file is damaged or not a DjVu document."},
                             {"Failed to open", ErrorCode::open_failed, "The file is damaged or not a DjVu document."},
                             {"corrupt", ErrorCode::open_failed, "The file is damaged."}},
                            end, "DjVuLibre");
}

engine::Step program(std::string name, Arguments arguments) {
  engine::ProgramStep step;
  step.program = std::move(name);
  step.arguments = std::move(arguments);
  step.environment = {"TMPDIR=tmp", "LC_ALL=C.UTF-8"};
  step.limits = {.cpu = std::chrono::minutes(30), .memory = 2ULL << 30, .descriptors = 128, .processes = 4};
  return {std::move(step), 3};
}

/// The pages as ddjvu takes them. It draws the last page for one that does not exist, so each range's first page is
/// looked for before.
std::optional<std::string> selection(engine::Plan& plan, const std::string& input, const PageList& pages) {
  if (pages.all()) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& [first, last] : pages.merged()) {
    words.push_back(last == PageList::kOpen ? fmt::format("{}-$", first) : fmt::format("{}-{}", first, last));
    plan.steps.push_back(program("djvused", {input, "-e", fmt::format("select {}", first)}));
    plan.steps.back().weight = 1;
  }
  return fmt::format("{}", fmt::join(words, ","));
}

/// ddjvu ends with 1 where a range goes behind the last page, which is drawn.
void draw(engine::Plan& plan, Arguments arguments) {
  auto step = program("ddjvu", std::move(arguments));
  std::get<engine::ProgramStep>(step.action).accepted = {1};
  plan.steps.push_back(std::move(step));
}

Result<engine::Plan> plan_document(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<Options>(request.options));
  RECAST_TRY(const auto pages, PageList::parse(options.pages));
  engine::Plan plan;
  const auto& input = request.inputs.front();
  const auto selected = selection(plan, input, pages);
  plan.outputs = {"out/out." + request.to};
  if (request.to == "txt") {
    Arguments arguments;
    if (selected) arguments.push_back("-page=" + *selected);
    arguments.push_back(input);
    if (!selected) {
      // Of what is no DjVu document djvutxt says nothing, now and then, and ends with 0.
      plan.steps.push_back(program("djvused", {input, "-e", "n"}));
      plan.steps.back().weight = 1;
    }
    auto step = program("djvutxt", std::move(arguments));
    // With a file to write it ends with 0 even if it could not read.
    std::get<engine::ProgramStep>(step.action).output_file = "out/out.txt";
    plan.steps.push_back(std::move(step));
    return plan;
  }
  Arguments arguments{"-format=pdf"};
  if (options.quality) arguments.push_back(fmt::format("-quality={}", *options.quality));
  if (selected) arguments.push_back("-page=" + *selected);
  arguments.insert(arguments.end(), {input, "out/out.pdf"});
  draw(plan, std::move(arguments));
  return plan;
}

Result<engine::Plan> plan_images(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<magick::Options>(request.options));
  RECAST_TRY(const auto pages, PageList::parse(options.pages));
  RECAST_CHECK(magick::check(options, request.to));
  engine::Plan plan;
  const auto& input = request.inputs.front();
  const auto selected = selection(plan, input, pages);
  Arguments arguments{"-format=ppm", "-eachpage"};
  if (options.pixel_density) arguments.push_back(fmt::format("-scale={}", *options.pixel_density));
  if (selected) arguments.push_back("-page=" + *selected);
  arguments.insert(arguments.end(), {input, "tmp/page-%05d.ppm"});
  draw(plan, std::move(arguments));
  magick::finish_pages(plan, magick::Product::imagemagick, options, request.from, request.to);
  return plan;
}

bool is_image(std::string_view format) { return format != "pdf" && format != "txt"; }

engine::Info describe() {
  engine::Info info;
  info.name = "djvulibre";
  info.summary = "DjVu documents as PDF, images and text, by DjVuLibre.";
  info.group = "document";
  info.abilities = {
      {.conversions = engine::pairs({"djvu"}, {"pdf", "txt"}, 10), .options = schema::describe<Options>()},
      {.conversions = engine::pairs({"djvu"}, {"png", "jpg", "tiff"}, 10, {"convert-im6.q16", "mogrify-im6.q16"}),
       .options = schema::describe<magick::Options>()}};
  info.detection = {.programs = {"ddjvu", "djvused", "djvutxt"},
                    .version_command = {"ddjvu", "--help"},
                    .version_pattern = "DjVuLibre-([0-9.]+)"};
  info.probe = {.from = "djvu", .to = "pdf", .content = sample_document(), .options = {}};
  return info;
}

class DjVuLibre final : public engine::Engine {
 public:
  DjVuLibre() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto plan, is_image(request.to) ? plan_images(request) : plan_document(request));
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace djvulibre

Result<> register_djvulibre(engine::Registry& registry) {
  return registry.add(std::make_unique<djvulibre::DjVuLibre>());
}

}  // namespace recast::engines
