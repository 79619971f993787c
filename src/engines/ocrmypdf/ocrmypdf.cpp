#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "base/text.hpp"
#include "engine/explain.hpp"
#include "engine/pdf_input.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace ocrmypdf {
namespace {

using Words = std::vector<std::string>;

/// What a client may say about reading scans (processing.md 12).
struct Options {
  Words language{"eng"};
  bool auto_orient = true;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::language, "language",
                    "Languages of the text, as Tesseract calls them: eng, deu, fra, chi_sim and so on. Those that are "
                    "installed are possible; the first counts most."),
      schema::field(&Options::auto_orient, "auto_orient", "Turn pages that lie on their side or stand on their head."),
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
  };
};

constexpr std::string_view kListing = "List of available languages";

/// "eng+deu" from one string, too, is two languages, as Tesseract itself has it.
Result<Words> languages_of(const Options& options) {
  constexpr std::size_t kMost = 16, kShortest = 3, kLongest = 32;
  Words languages;
  for (const auto& entry : options.language) {
    for (const auto word : split(entry, '+')) {
      const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
      const auto name = std::string(trim(word));
      if (name.size() < kShortest || name.size() > kLongest || !std::ranges::all_of(name, is_plain))
        return fail(ErrorCode::invalid_data, "A language is a word such as eng, deu or chi_sim.", "language");
      if (std::ranges::find(languages, name) == languages.end()) languages.push_back(name);
    }
  }
  if (languages.empty()) languages.emplace_back("eng");
  if (languages.size() > kMost) return fail(ErrorCode::invalid_data, "At most 16 languages are possible.", "language");
  return languages;
}

/// "List of available languages in "/usr/…/" (3):", then one a line. osd is no language: it finds out how a page lies.
Words installed(std::string_view listing) {
  Words result;
  for (const auto line : split(listing, '\n')) {
    const auto name = trim(line);
    if (!name.empty() && !name.starts_with(kListing) && name != "osd") result.emplace_back(name);
  }
  return result;
}

std::optional<Error> doubt(const Words& wanted, const engine::StepEnd& end) {
  if (!end.output.starts_with(kListing)) return std::nullopt;
  const auto known = installed(end.output);
  for (const auto& language : wanted) {
    if (std::ranges::find(known, language) != known.end()) continue;
    return Error{ErrorCode::invalid_data,
                 fmt::format("The language {} is not installed; there are: {}.", language, fmt::join(known, ", ")),
                 "language"};
  }
  return std::nullopt;
}

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"EncryptedPdfError", ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.",
        "password"},
       {"DecompressionBomb", ErrorCode::memory_limit, "A picture of the document is too large.", {}},
       {"MemoryError", ErrorCode::memory_limit, "A page needs more memory than is allowed.", {}},
       {"dynamic XFA form",
        ErrorCode::conversion_failed,
        "The document is an XFA form, which has no pages to read.",
        {}},
       {"InputFileError", ErrorCode::open_failed, "The file is damaged or not a PDF.", {}},
       {"PdfError", ErrorCode::open_failed, "The file is damaged or not a PDF.", {}}},
      end, "OCRmyPDF");
}

engine::Step step(std::string program, Words arguments, int weight) {
  constexpr std::uint32_t kProcesses = 64;
  constexpr std::chrono::seconds kProcessor{7200};
  engine::ProgramStep action;
  action.program = std::move(program);
  action.arguments = std::move(arguments);
  // Pages are read by several processes at a time; threads of each on top make them slower.
  action.environment = {"TMPDIR=tmp", "OMP_THREAD_LIMIT=1", "PYTHONDONTWRITEBYTECODE=1"};
  action.limits.memory = 3ULL << 30;
  action.limits.processes = kProcesses;
  action.limits.cpu = kProcessor;
  return {std::move(action), weight};
}

engine::Info describe() {
  engine::Info info;
  info.name = "ocrmypdf";
  info.summary = "Reads scanned pages and lays their text under them, by Tesseract.";
  info.group = "document";
  info.abilities = {
      {.operation = "pdf/ocr", .conversions = {{"", "", 10, {}}}, .options = schema::describe<Options>()}};
  info.detection = {.programs = {"ocrmypdf", "tesseract", "gs"},
                    .version_command = {"ocrmypdf", "--version"},
                    .version_pattern = "([0-9.]+)"};
  info.probe = {.operation = "pdf/ocr", .from = "", .to = "", .content = std::string(engine::kProbePdf), .options = {}};
  return info;
}

class OcrMyPdf final : public engine::Engine {
 public:
  OcrMyPdf() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_TRY(auto languages, languages_of(options));
    if (request.inputs.empty()) return fail(ErrorCode::invalid_data, "There is no file.", "input");
    engine::Plan plan;
    const auto input = engine::unlock_pdf(plan, request.inputs.front(), options.password);
    plan.steps.push_back(step("tesseract", {"--list-langs"}, 1));
    Words arguments{"-l",          fmt::format("{}", fmt::join(languages, "+")),
                    "--skip-text", "--output-type",
                    "pdf",         "--optimize",
                    "0",           "--jobs",
                    "2",           "--quiet"};
    if (options.auto_orient) arguments.emplace_back("--rotate-pages");
    arguments.insert(arguments.end(), {input, "out/out.pdf"});
    plan.steps.push_back(step("ocrmypdf", std::move(arguments), 99));
    plan.outputs = {"out/out.pdf"};
    plan.explain = &explain;
    plan.doubt = [languages = std::move(languages)](const engine::StepEnd& end) { return doubt(languages, end); };
    return plan;
  }
};

}  // namespace
}  // namespace ocrmypdf

Result<> register_ocrmypdf(engine::Registry& registry) { return registry.add(std::make_unique<ocrmypdf::OcrMyPdf>()); }

}  // namespace recast::engines
