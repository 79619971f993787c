#include "engines/ghostscript/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <memory>

#include "base/text.hpp"
#include "engine/explain.hpp"
#include "engine/pdf_input.hpp"

namespace recast::engines::ghostscript {

namespace {

constexpr std::uint64_t kMemory = 3ULL << 30;
constexpr std::uint32_t kProcesses = 32;
constexpr std::chrono::seconds kProcessor{3600};

/// The number that follows `words` in a line.
std::optional<int> number_after(std::string_view line, std::string_view words) {
  const auto at = line.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto digits = line.substr(at + words.size());
  int number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return read.ec == std::errc() && number > 0 ? std::optional(number) : std::nullopt;
}

std::string page_words(const format::PageList& pages) {
  std::vector<std::string> words;
  for (const auto& [first, last] : pages.merged())
    words.push_back(fmt::format("{}-{}", first, last == format::PageList::kOpen ? "" : std::to_string(last)));
  return fmt::format("{}", fmt::join(words, ","));
}

/// What a PostScript program failed of: "undefined in foo" of "Error: /undefined in foo".
std::string_view postscript_error(std::string_view text) {
  constexpr std::string_view kBegin = "Error: /";
  constexpr std::size_t kLongest = 100;
  const auto at = text.find(kBegin);
  if (at == std::string_view::npos) return {};
  const auto rest = text.substr(at + kBegin.size());
  return trim(rest.substr(0, std::min(rest.find('\n'), kLongest)));
}

}  // namespace

void append(Arguments& to, Arguments more) { std::ranges::move(more, std::back_inserter(to)); }

engine::Step program(std::string name, Arguments arguments, int weight) {
  engine::ProgramStep action;
  action.program = std::move(name);
  action.arguments = std::move(arguments);
  action.limits.memory = kMemory;
  action.limits.processes = kProcesses;
  action.limits.cpu = kProcessor;
  return {std::move(action), weight};
}

engine::Step draw(std::string_view device, const std::string& output, Arguments arguments, int weight) {
  // -K, in KiB, has gs give up in words before it meets the limit of its jail. -P- keeps it from looking for its own
  // files in the working folder.
  Arguments all{"-dSAFER",
                "-dNOPAUSE",
                "-dBATCH",
                "-P-",
                "-K2500000",
                fmt::format("-sDEVICE={}", device),
                "-sOutputFile=" + output};
  append(all, std::move(arguments));
  auto step = program("gs", std::move(all), weight);
  std::get<engine::ProgramStep>(step.action).progress = [pages = std::make_shared<Pages>()](std::string_view line) {
    return pages->read(line);
  };
  return step;
}

engine::Step qpdf(std::string_view job, std::vector<std::string> inputs, const std::string& output,
                  boost::json::object options) {
  engine::WorkerStep step{.worker = "qpdf",
                          .request = {{"job", job}, {"options", std::move(options)}},
                          .inputs = std::move(inputs),
                          .outputs = {output},
                          .limits = {.cpu = kProcessor, .memory = kMemory}};
  return {.action = std::move(step)};
}

std::string open(engine::Plan& plan, const engine::Request& request, const std::string& password,
                 const format::PageList& pages) {
  plan.explain = &explain;
  plan.doubt = &doubt;
  auto input = request.inputs.front();
  // A new one of Illustrator's files is a PDF; the worker leaves what has no password as it is.
  if (request.from == "pdf" || request.operation != "convert") input = engine::unlock_pdf(plan, input, password);
  if (pages.all()) return input;
  if (request.from != "pdf") {
    auto arguments = faithful();
    append(arguments, {"-dEPSCrop", input});
    plan.steps.push_back(draw("pdfwrite", "tmp/whole.pdf", std::move(arguments)));
    input = "tmp/whole.pdf";
  }
  return engine::choose_pdf_pages(plan, input, page_words(pages));
}

Arguments faithful() {
  return {"-dAutoRotatePages=/None",         "-dAutoFilterColorImages=false",  "-dAutoFilterGrayImages=false",
          "-dColorImageFilter=/FlateEncode", "-dGrayImageFilter=/FlateEncode", "-dDownsampleColorImages=false",
          "-dDownsampleGrayImages=false",    "-dDownsampleMonoImages=false"};
}

Error explain(const engine::StepEnd& end) {
  // gs complains on standard output.
  const auto text = fmt::format("{}\n{}", end.output, end.errors);
  if (const auto told = doubt({.output = end.output, .errors = end.errors})) return *told;
  if (text.find("VMerror") != std::string::npos || text.find("cache resources exhausted") != std::string::npos)
    return {ErrorCode::memory_limit, "A page needs more memory than is allowed; a lower pixel_density may help.", {}};
  if (text.find("invalidfileaccess") != std::string::npos)
    return {ErrorCode::conversion_failed, "The document wants to read or write other files, which is not allowed.", {}};
  const auto error = postscript_error(text);
  if (error.ends_with("--runpdf--")) return {ErrorCode::conversion_failed, "The PDF cannot be drawn.", {}};
  if (!error.empty())
    return {ErrorCode::conversion_failed, fmt::format("The PostScript program failed: {}.", error), {}};
  return engine::explain_by({}, {.exit_code = end.exit_code, .signal = end.signal, .output = {}, .errors = text},
                            "Ghostscript");
}

std::optional<Error> doubt(const engine::StepEnd& end) {
  const auto says = [&](std::string_view words) {
    return end.output.find(words) != std::string_view::npos || end.errors.find(words) != std::string_view::npos;
  };
  if (says("requires a password for access") || says("Password did not work")) {
    return Error{ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.", "password"};
  }
  if (says("No pages will be processed") || says("Couldn't initialise file"))
    return Error{ErrorCode::open_failed, "The file is damaged: no page can be read.", {}};
  return std::nullopt;
}

std::optional<int> Pages::read(std::string_view line) {
  if (const auto last = number_after(line, " through "); last && line.starts_with("Processing pages")) last_ = *last;
  if (last_ == 0 || !line.starts_with("Page ") || !number_after(line, "Page ")) return std::nullopt;
  drawn_ = std::min(drawn_ + 1, last_);
  return static_cast<int>(100L * (drawn_ - 1) / last_);
}

}  // namespace recast::engines::ghostscript
