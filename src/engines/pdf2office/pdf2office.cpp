#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/pdf_input.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "engines/pdf2office/explain.hpp"
#include "engines/pdf2office/options.hpp"
#include "format/page_list.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace pdf2office {
namespace {

namespace json = boost::json;

constexpr const char* kLetters = "tmp/pages.stext";
constexpr const char* kPaths = "tmp/pages.trace";
constexpr const char* kPictures = "tmp/pictures";
constexpr const char* kPlaces = "tmp/pictures/pictures.xml";
constexpr const char* kList = "tmp/pictures/list.txt";
constexpr const char* kCrops = "tmp/crops";
constexpr const char* kPacked = "tmp/pictures.tar";

using Arguments = std::vector<std::string>;

/// What a page says may be many times its file: both the time and the size of that are bounded.
Limits limits() {
  return {
      .cpu = std::chrono::seconds(240), .memory = 3ULL << 30, .output = 2ULL << 30, .descriptors = 64, .processes = 32};
}

engine::ProgramStep program(std::string name, Arguments arguments) {
  engine::ProgramStep step;
  step.program = std::move(name);
  step.arguments = std::move(arguments);
  step.limits = limits();
  return step;
}

class Planner {
 public:
  explicit Planner(const engine::Request& request) : request_(request) { plan_.explain = &explain; }

  Result<engine::Plan> plan() {
    if (request_.to == "xlsx") {
      RECAST_TRY(auto options, schema::parse<SheetOptions>(request_.options));
      RECAST_CHECK(open(options));
      read_pages();
      write(schema::to_object(options), {kLetters, kPaths});
    } else if (request_.to == "pptx") {
      RECAST_TRY(auto options, schema::parse<Options>(request_.options));
      RECAST_CHECK(open(options));
      read_pages();
      draw_papers();
      write({}, {kLetters, kPaths, kPacked});
    } else {
      RECAST_TRY(auto options, schema::parse<Options>(request_.options));
      RECAST_CHECK(open(options));
      read_pages();
      find_pictures();
      if (shows_pictures()) cut_figures();
      Arguments inputs{kLetters, kPaths, kPlaces, kList};
      if (shows_pictures()) inputs.emplace_back(kPacked);
      write({}, std::move(inputs));
    }
    return std::move(plan_);
  }

 private:
  bool shows_pictures() const { return request_.to == "docx" || request_.to == "html"; }

  void add(engine::ProgramStep step, int weight = 1) { plan_.steps.push_back({std::move(step), weight}); }

  void add_worker(json::object request, Arguments inputs, std::string output) {
    engine::WorkerStep step{.worker = "pdf2office",
                            .request = std::move(request),
                            .inputs = std::move(inputs),
                            .outputs = {std::move(output)},
                            .limits = limits()};
    plan_.steps.push_back({.action = std::move(step), .weight = 2});
  }

  Result<> open(const Options& options);
  void read_pages();
  void find_pictures();
  void cut_figures();
  void draw_papers();
  void pack();
  void write(json::object options, Arguments inputs) {
    const auto output = "out/out." + request_.to;
    options.erase("password");
    add_worker({{"job", request_.to}, {"options", std::move(options)}}, std::move(inputs), output);
    plan_.outputs = {output};
  }

  const engine::Request& request_;
  std::string input_;
  engine::Plan plan_;
};

/// Without its password, and of some of its pages alone if the client wishes so.
Result<> Planner::open(const Options& options) {
  RECAST_CHECK(format::PageList::parse(options.pages));
  input_ = engine::unlock_pdf(plan_, request_.inputs.front(), options.password);
  input_ = engine::choose_pdf_pages(plan_, input_, options.pages);
  return {};
}

void Planner::read_pages() {
  // Without spaces of mutool's own, a bare gap tells of a cell's border. "-o -" would write a file of that name.
  add(program("mutool", {"convert", "-F", "stext", "-O", "inhibit-spaces", "-o", kLetters, input_}), 2);
  auto paths = program("mutool", {"draw", "-q", "-i", "-F", "trace", "-o", "-", input_});
  paths.output_file = kPaths;
  paths.accepted = {1};  // where no lines are known, tables are found by the white between their columns
  add(std::move(paths), 2);
}

/// Pictures that cannot be got are left out: whatever the programs say is no error.
void Planner::find_pictures() {
  add(program("mkdir", {"-p", kPictures}));
  auto list = program("pdfimages", {"-list", input_});
  list.output_file = kList;
  list.accepted = {1, 2, 3, 99};
  add(std::move(list));
  add(program("touch", {kPlaces}));  // pdftohtml writes none for a document it refuses
  // mutool does not ask what a document's permissions say, and neither do the pictures (-nodrm).
  auto places = program("pdftohtml", {"-xml", "-q", "-nodrm", input_, "tmp/pictures/pictures"});
  places.accepted = {1, 2, 3, 99};
  add(std::move(places), 2);
}

/// Vector drawings, and pictures with a mask, are cut out of the drawn page. The worker says which; xargs has each
/// drawn. Its file of arguments is the worker's: words we chose, and numbers.
void Planner::cut_figures() {
  add_worker({{"job", "crops"}, {"options", json::object{}}}, {kLetters, kPaths, kPlaces, kList}, kCrops);
  auto cut = program("xargs", {"--arg-file", kCrops, "--max-lines=1", "--no-run-if-empty", "pdftocairo", "-png",
                               "-singlefile", input_});
  cut.accepted = {123, 124, 125};  // one of the figures could not be drawn
  add(std::move(cut), 2);
  pack();
}

/// Every page without its text, for behind the text of its slide.
void Planner::draw_papers() {
  add(program("mkdir", {"-p", kPictures}));
  auto draw =
      program("gs", {"-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=png16m", "-r150", "-dTextAlphaBits=4",
                     "-dGraphicsAlphaBits=4", "-dFILTERTEXT", "-sOutputFile=tmp/pictures/paper-%d.png", input_});
  draw.accepted = {1};  // slides then have their text alone
  add(std::move(draw), 4);
  pack();
}

void Planner::pack() {
  // The jail's user has a number that this old format has no room for, and its name is nobody's.
  add(program("tar", {"--create", "--format=ustar", "--owner=0", "--group=0", "--numeric-owner", "--file", kPacked,
                      "--directory", kPictures, "."}));
}

engine::Info describe() {
  const std::vector<std::string> poppler{"pdftohtml", "pdfimages", "pdftocairo"};
  engine::Info info;
  info.name = "pdf2office";
  info.aliases = {"pdftron-pdf2word", "pdftron-pdf2excel", "pdftron-pdf2powerpoint", "pdf2htmlex"};
  info.summary = "Office documents and web pages from PDF, with its paragraphs, tables and pictures.";
  info.group = "document";
  info.abilities = {{.conversions = {{"pdf", "docx", 10, poppler},
                                     {"pdf", "md", 10, poppler},
                                     {"pdf", "html", 15, poppler},
                                     {"pdf", "txt", 40, poppler},
                                     {"pdf", "pptx", 10, {"gs"}}},
                     .options = schema::describe<Options>()},
                    {.conversions = {{"pdf", "xlsx", 10, {}}}, .options = schema::describe<SheetOptions>()}};
  info.detection = {.programs = {"mutool"}, .version_command = {}, .version_pattern = {}};
  info.workers = {{.name = "pdf2office", .program = "recast-worker-pdf2office", .arguments = {}}};
  info.probe = {.from = "pdf", .to = "xlsx", .content = std::string(engine::kProbePdf), .options = {}};
  return info;
}

class PdfToOffice final : public engine::Engine {
 public:
  PdfToOffice() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override { return Planner(request).plan(); }
};

}  // namespace
}  // namespace pdf2office

Result<> register_pdf2office(engine::Registry& registry) {
  return registry.add(std::make_unique<pdf2office::PdfToOffice>());
}

}  // namespace recast::engines
