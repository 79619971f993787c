#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "engine/explain.hpp"
#include "engine/pdf_input.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace pdf2djvu {
namespace {

/// What a client may say; the service documents no options for DjVu. Names are those of other engines that draw pages.
struct Options {
  std::string pages;
  std::string password;
  std::int64_t pixel_density = 300;
  bool monochrome = false;
  bool text = true;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages to convert, in this order, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
      schema::field(&Options::pixel_density, "pixel_density", "Resolution of the pages in dots per inch.",
                    {.min = 72, .max = 1'200, .aliases = {"density"}}),
      schema::field(&Options::monochrome, "monochrome",
                    "Black and white alone: scans of print become sharp and much smaller."),
      schema::field(&Options::text, "text", "Keep the text, so that it can be searched and copied."),
  };
};

Error explain(const engine::StepEnd& end) {
  constexpr std::string_view kTooLarge = "A page needs more memory than is allowed; a lower pixel_density may help.";
  return engine::explain_by({{"Incorrect password", ErrorCode::open_failed,
                              "The document is encrypted and the password is missing or wrong.", "password"},
                             {"Unable to load document", ErrorCode::open_failed, "The file is damaged or not a PDF."},
                             {"No pages selected", ErrorCode::open_failed, "The document has no readable pages."},
                             {"Cannot allocate memory", ErrorCode::memory_limit, kTooLarge},
                             {"Bogus memory allocation", ErrorCode::memory_limit, kTooLarge}},
                            end, "pdf2djvu");
}

engine::Info describe() {
  engine::Info info;
  info.name = "pdf2djvu";
  info.summary = "DjVu documents of PDF, with text, links and bookmarks, by pdf2djvu.";
  info.group = "document";
  info.abilities = {{.conversions = engine::pairs({"pdf"}, {"djvu"}, 10), .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"pdf2djvu"}, .version_command = {"pdf2djvu", "--version"}, .version_pattern = "pdf2djvu ([0-9.]+)"};
  info.probe = {.from = "pdf", .to = "djvu", .content = std::string(engine::kProbePdf), .options = {}};
  return info;
}

class Pdf2DjVu final : public engine::Engine {
 public:
  Pdf2DjVu() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(format::PageList::parse(options.pages));
    engine::Plan plan;
    auto input = engine::unlock_pdf(plan, request.inputs.front(), options.password);
    input = engine::choose_pdf_pages(plan, input, options.pages);
    engine::ProgramStep step;
    step.program = "pdf2djvu";
    step.arguments = {"--quiet", "--jobs=1", fmt::format("--dpi={}", options.pixel_density)};
    if (options.monochrome) step.arguments.emplace_back("--monochrome");
    if (!options.text) step.arguments.emplace_back("--no-text");
    step.arguments.insert(step.arguments.end(), {"-o", "out/out.djvu", input});
    step.environment = {"TMPDIR=tmp", "LC_ALL=C.UTF-8"};
    step.limits = {.cpu = std::chrono::hours(1), .memory = 3ULL << 30, .descriptors = 256, .processes = 16};
    plan.steps.push_back({.action = std::move(step), .weight = 9});
    plan.outputs = {"out/out.djvu"};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace pdf2djvu

Result<> register_pdf2djvu(engine::Registry& registry) { return registry.add(std::make_unique<pdf2djvu::Pdf2DjVu>()); }

}  // namespace recast::engines
