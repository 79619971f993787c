#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.hpp"
#include "engine/pdf_input.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "engines/mupdf/options.hpp"
#include "engines/mupdf/page_names.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace mupdf {
namespace {

constexpr std::uint64_t kMemory = 3ULL << 30;
constexpr std::uint32_t kProcesses = 32;
constexpr std::size_t kLongestLine = 300;

const engine::Conversion kConversions[] = {
    {"pdf", "svg", 10},  {"pdf", "png", 20},  {"pdf", "txt", 20},  {"pdf", "html", 30}, {"pdf", "docx", 40},
    {"xps", "pdf", 10},  {"xps", "png", 10},  {"xps", "svg", 10},  {"xps", "txt", 10},  {"xps", "html", 20},
    {"oxps", "pdf", 10}, {"oxps", "png", 10}, {"oxps", "svg", 10}, {"oxps", "txt", 10}, {"oxps", "html", 20},
    {"cbz", "pdf", 20},  {"cbz", "png", 20},  {"epub", "pdf", 40}, {"epub", "png", 20}, {"epub", "svg", 20},
    {"epub", "txt", 40}, {"fb2", "pdf", 40},  {"fb2", "png", 20},  {"fb2", "svg", 20},  {"fb2", "txt", 40}};

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

bool mentions(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

/// mutool says first what is wrong and last that it therefore "cannot draw" the file.
std::string first_error(std::string_view text) {
  constexpr std::string_view kPrefix = "error: ";
  std::string last_seen;
  for (const auto line : split(text, '\n')) {
    const auto start = line.find(kPrefix);
    if (start == std::string_view::npos) continue;
    const auto message = line.substr(start + kPrefix.size());
    if (message.starts_with("cannot draw '") && !last_seen.empty()) continue;
    last_seen = std::string(message.substr(0, kLongestLine));
  }
  return last_seen;
}

Error explain(const engine::StepEnd& end) {
  constexpr std::array<std::string_view, 10> kUnreadable{
      "no objects found",      "cannot tell in file",         "cannot find page tree", "cycle in page tree",
      "cannot find startxref", "end of central directory",    "cannot recognize",      "cannot find named zip",
      "not a zip archive",     "cannot find document handler"};
  if (mentions(end.errors, "cannot authenticate password")) {
    return {ErrorCode::open_failed, "The document is encrypted and the password is missing or wrong.", "password"};
  }
  if (mentions(end.errors, "malloc of") || mentions(end.errors, "out of memory")) {
    return {ErrorCode::memory_limit, "A page needs more memory than is allowed; a lower pixel_density may help.", {}};
  }
  const auto message = first_error(end.errors);
  const bool unreadable = std::ranges::any_of(kUnreadable, [&](auto words) { return mentions(end.errors, words); });
  if (unreadable && end.signal == 0) {
    return {ErrorCode::open_failed, fmt::format("The file is damaged or not what its name says: {}.", message), {}};
  }
  if (!message.empty()) return {ErrorCode::conversion_failed, message, {}};
  if (end.signal != 0)
    return {ErrorCode::conversion_failed, fmt::format("mutool ended with signal {}", end.signal), {}};
  // The only program of a plan that fails without a word is `test`, which looks for a page.
  if (trim(end.errors).empty() && end.exit_code == 1) return {ErrorCode::conversion_failed, "no such page", "pages"};
  return {ErrorCode::conversion_failed, fmt::format("mutool ended with status {}", end.exit_code), {}};
}

class Planner {
 public:
  Planner(const engine::Request& request, Options options, format::PageList pages)
      : request_(request), options_(std::move(options)), ranges_(pages.merged()) {
    plan_.explain = &explain;
    const auto& input = request.inputs.front();
    input_ = request.from == "pdf" ? engine::unlock_pdf(plan_, input, options_.password) : input;  // no other has one
  }

  engine::Plan raster();
  engine::Plan svg();
  engine::Plan one_file();

 private:
  Arguments opening() const {
    Arguments result;
    if (options_.font_size) append(result, {"-S", fmt::format("{}", *options_.font_size)});
    return result;
  }
  /// Input and page list, which end a command line.
  Arguments closing() const {
    Arguments result{input_};
    std::vector<std::string> words;
    for (const auto& range : ranges_) {
      words.push_back(
          fmt::format("{}-{}", range.first, range.last == format::PageList::kOpen ? "N" : std::to_string(range.last)));
    }
    if (!words.empty()) result.push_back(fmt::format("{}", fmt::join(words, ",")));
    return result;
  }
  void name_pages(std::string_view extension) {
    if (ranges_.empty()) plan_.outputs = page_patterns({}, extension);
    for (const auto& range : ranges_) append(plan_.outputs, page_patterns(range, extension));
  }
  void find_first_pages();
  Arguments size() const;

  const engine::Request& request_;
  Options options_;
  std::vector<format::PageList::Range> ranges_;
  std::string input_;  // without its password, if it had one
  engine::Plan plan_;
};

Arguments Planner::size() const {
  const Arguments density{"-r", std::to_string(options_.pixel_density)};
  if (!options_.width && !options_.height) return density;
  Arguments result;
  if (options_.width && options_.height && options_.fit == "crop") {
    // To be cropped, a page has to cover the box: pages are seldom longer than 1.5 times their width.
    const auto longest = std::max(*options_.width, *options_.height);
    const auto side = std::to_string(longest + longest / 2);
    return {"-w", side, "-h", side};
  }
  if (options_.fit != "scale") result = density;  // with a density, width and height are upper bounds
  if (options_.width) append(result, {"-w", std::to_string(*options_.width)});
  if (options_.height) append(result, {"-h", std::to_string(*options_.height)});
  if (options_.fit == "scale" && options_.width && options_.height) result.emplace_back("-f");
  return result;
}

engine::Plan Planner::raster() {
  const bool crop = options_.width && options_.height && options_.fit == "crop";
  const bool gray = options_.grayscale || options_.colorspace == "grayscale";
  Arguments arguments{"draw", "-q"};
  append(arguments, opening());
  append(arguments, size());
  append(arguments,
         {"-c", gray ? (options_.transparent ? "grayalpha" : "gray") : (options_.transparent ? "rgba" : "rgb")});
  append(arguments, {"-F", "png", "-o", crop ? "tmp/page-%05d.png" : "out/page-%05d.png"});
  append(arguments, closing());
  plan_.steps.push_back(step("mutool", std::move(arguments), 4));
  if (crop) {
    const auto box = fmt::format("{}x{}", *options_.width, *options_.height);
    plan_.steps.push_back(step("mogrify",
                               {"-background", "none", "-resize", box + "^", "-gravity", "center", "-extent", box,
                                "-path", "out", "-format", "png", "tmp/page-*.png"},
                               2));
  }
  name_pages("png");
  return std::move(plan_);
}

engine::Plan Planner::svg() {
  Arguments arguments{"convert"};
  append(arguments, opening());
  append(arguments, {"-F", "svg", "-O", options_.text_to_path ? "text=path" : "text=text", "-o", "out/page-%05d.svg"});
  append(arguments, closing());
  find_first_pages();
  plan_.steps.push_back(step("mutool", std::move(arguments)));
  plan_.outputs = {"out/page-*.svg"};  // numbered in their order, unlike draw's, which have the pages' own numbers
  return std::move(plan_);
}

/// mutool takes the last page for one that does not exist. Where a file's name does not tell which page it shows, a
/// page has to be looked for before.
void Planner::find_first_pages() {
  for (const auto& range : ranges_) {
    if (range.first == 1) continue;
    const auto page = std::min(range.first, kMostPages);
    Arguments look{"draw", "-q"};
    append(look, opening());
    append(look, {"-F", "txt", "-o", "tmp/page-%05d.txt", input_, std::to_string(page)});
    plan_.steps.push_back(step("mutool", std::move(look)));
    plan_.steps.push_back(step("test", {"-f", fmt::format("tmp/page-{:05}.txt", page)}));
  }
}

/// Text, HTML, PDF, DOCX: all pages go into one file.
engine::Plan Planner::one_file() {
  find_first_pages();
  const bool convert = request_.to == "pdf" || request_.to == "docx";
  Arguments arguments{convert ? "convert" : "draw"};
  if (!convert) arguments.emplace_back("-q");
  append(arguments, opening());
  append(arguments, {"-F", request_.to});
  if (request_.to == "pdf") append(arguments, {"-O", "compress,garbage"});
  append(arguments, {"-o", "out/out." + request_.to});
  append(arguments, closing());
  plan_.steps.push_back(step("mutool", std::move(arguments), 4));
  plan_.outputs = {"out/out." + request_.to};
  return std::move(plan_);
}

engine::Info describe() {
  engine::Info info;
  info.name = "mupdf";
  info.summary = "Draws PDF, XPS, comic and e-book pages, as vectors too.";
  info.group = "document";
  info.abilities = {
      {.conversions = {std::begin(kConversions), std::end(kConversions)}, .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"mutool"}, .version_command = {"mutool", "-v"}, .version_pattern = "version ([0-9.]+)"};
  info.probe = {
      .from = "pdf", .to = "png", .content = std::string(engine::kProbePdf), .options = {{"pixel_density", 20}}};
  return info;
}

class MuPdf final : public engine::Engine {
 public:
  MuPdf() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(auto options, schema::parse<Options>(request.options));
    RECAST_TRY(auto pages, format::PageList::parse(options.pages));
    Planner planner(request, std::move(options), std::move(pages));
    if (request.to == "png") return planner.raster();
    if (request.to == "svg") return planner.svg();
    return planner.one_file();
  }
};

}  // namespace
}  // namespace mupdf

Result<> register_mupdf(engine::Registry& registry) { return registry.add(std::make_unique<mupdf::MuPdf>()); }

}  // namespace recast::engines
