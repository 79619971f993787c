#include <fmt/format.h>

#include <charconv>
#include <initializer_list>
#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engines/calibre/help.hpp"
#include "engines/calibre/options.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace calibre {
namespace {

using Arguments = std::vector<std::string>;

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> result;
  const auto add = [&](std::initializer_list<std::string_view> from, std::initializer_list<std::string_view> to,
                       int rank) {
    const auto more = engine::pairs(from, to, rank);
    result.insert(result.end(), more.begin(), more.end());
  };
  const std::initializer_list<std::string_view> sources = {
      "epub", "mobi", "azw", "azw3", "azw4", "prc", "fb2", "htmlz", "lit", "lrf", "oeb",  "pdb", "pml",
      "rb",   "snb",  "tcr", "txtz", "cbz",  "cbc", "chm", "docx",  "odt", "rtf", "html", "txt", "pdf"};
  const std::initializer_list<std::string_view> books = {"epub", "mobi", "azw3", "fb2", "htmlz", "lit",
                                                         "lrf",  "pdb",  "rb",   "snb", "tcr",   "txtz"};
  add(sources, books, 10);
  // A folder of files, which bsdtar packs, and a text that calibre packs with its pictures.
  for (auto pair : engine::pairs(sources, {"oeb", "pml"}, 10)) {
    pair.needs = {"bsdtar"};
    result.push_back(std::move(pair));
  }
  add({"epub", "mobi", "azw", "azw3", "azw4", "prc", "fb2", "htmlz", "lit", "lrf", "oeb", "pdb", "pml", "rb", "snb",
       "tcr", "txtz", "chm"},
      {"docx", "rtf", "txt"}, 20);
  for (auto& pair : result) {
    if (pair.from == "chm") pair.needs.emplace_back(kHelpExtractor);
    // calibre reads RTF without its code pages: Japanese becomes gibberish. Where LibreOffice can, it does.
    if (pair.from == "rtf" && pair.to == "epub") pair.rank = 80;
  }
  return result;
}

void add_text(Arguments& to, std::string_view name, const std::string& value) {
  if (!value.empty()) to.push_back(fmt::format("--{}={}", name, value));
}

void add_margins(Arguments& to, const Options& options) {
  const auto add = [&](std::string_view side, const std::optional<double>& points) {
    if (points) to.push_back(fmt::format("--margin-{}={}", side, *points));
  };
  add("top", options.margin_top);
  add("bottom", options.margin_bottom);
  add("left", options.margin_left);
  add("right", options.margin_right);
}

/// "34% Running transforms on e-book..."
std::optional<int> percent_of(std::string_view line) {
  int value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc() || end == line.data() + line.size() || *end != '%' || value < 0 || value > 100)
    return std::nullopt;
  return value;
}

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"DRMError", ErrorCode::open_failed, "The book is protected (DRM); only its owner's devices open it."},
       {"is locked with DRM", ErrorCode::open_failed, "The book is protected (DRM); only its owner's devices open it."},
       {"BadZipFile", ErrorCode::open_failed, "The book is damaged."},
       {"Not a valid", ErrorCode::open_failed, "The book is damaged or of another format."},
       {"No content in file", ErrorCode::open_failed, "The book is empty."},
       {"Input file is not", ErrorCode::open_failed, "The book is damaged or of another format."},
       {"No plugin to handle input format", ErrorCode::open_failed, "The book is of another format."},
       {"InvalidLIT", ErrorCode::open_failed, "The book is damaged."},
       {"MobiError", ErrorCode::open_failed, "The book is damaged."},
       {"struct.error", ErrorCode::open_failed, "The book is damaged."},
       {"encrypted", ErrorCode::open_failed, "The file is encrypted.", "password"},
       {"Incorrect password", ErrorCode::open_failed, "The file is encrypted.", "password"},
       {"unrardll", ErrorCode::open_failed,
        "The comic is a RAR archive, which calibre opens with a program that is not free; cbz works."},
       {"failed to open in/", ErrorCode::open_failed, "The help file is damaged or of another format."},
       {"index.html is empty", ErrorCode::open_failed, "There are no pages in the help file."},
       {"IndexError", ErrorCode::open_failed, "The book is damaged, or of a kind calibre does not know."},
       {"UnboundLocalError", ErrorCode::open_failed, "The book is damaged, or of a kind calibre does not know."},
       {"No images found in comic", ErrorCode::open_failed, "There is no picture in the comic."}},
      end, "calibre");
}

/// Books that may bring a picture of their cover along, as ebook-meta finds it.
std::vector<engine::Conversion> covers() {
  return engine::pairs({"epub", "mobi", "azw", "azw3", "azw4", "prc", "fb2", "htmlz", "lit", "lrf", "pdb", "rb", "snb",
                        "txtz", "cbz", "cbc"},
                       {"jpg"}, 10, {"ebook-meta"});
}

std::optional<Error> doubt_cover(const engine::StepEnd& end) {
  const auto says = [](std::string_view text) { return text.find("No cover found") != std::string_view::npos; };
  if (!says(end.output) && !says(end.errors)) return std::nullopt;
  return Error{ErrorCode::conversion_failed, "The book has no cover.", {}};
}

std::vector<std::string> environment() {
  return {"HOME={work}/tmp",
          "TMPDIR={work}/tmp",
          "CALIBRE_TEMP_DIR={work}/tmp",
          "CALIBRE_CONFIG_DIRECTORY={work}/tmp/configuration",
          "CALIBRE_CACHE_DIRECTORY={work}/tmp/cache",
          "QT_QPA_PLATFORM=offscreen",
          "LC_ALL=C.UTF-8",
          "XDG_RUNTIME_DIR={work}/tmp"};
}

engine::ProgramStep program(std::string name, Arguments arguments) {
  engine::ProgramStep step;
  step.program = std::move(name);
  step.arguments = std::move(arguments);
  step.environment = environment();
  step.limits.memory = 3ULL << 30;
  step.limits.processes = 64;
  step.limits.descriptors = 1024;
  return step;
}

engine::Plan plan_cover(const engine::Request& request) {
  engine::Plan plan;
  plan.steps.push_back({.action = program("ebook-meta", {request.inputs.front(), "--get-cover=out/out.jpg"})});
  plan.outputs = {"out/out.jpg"};
  plan.explain = &explain;
  plan.doubt = &doubt_cover;
  return plan;
}

engine::Info describe() {
  engine::Info info;
  info.name = "calibre";
  info.summary = "Converts e-books.";
  info.group = "ebook";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()},
                    {.operation = "thumbnail", .conversions = covers(), .options = {}}};
  info.detection = {.programs = {"ebook-convert"},
                    .version_command = {"ebook-convert", "--version"},
                    .version_pattern = "calibre ([0-9.]+)"};
  info.probe = {.from = "txt", .to = "epub", .content = "Recast\n", .options = {}};
  return info;
}

class Calibre final : public engine::Engine {
 public:
  Calibre() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.operation == "thumbnail") return plan_cover(request);
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    const bool folder = request.to == "oeb", packed = request.to == "pml";
    engine::Plan plan;
    auto input = request.inputs.front();
    if (request.from == "oeb") {
      // As we write it: a packed folder, which calibre knows by another extension.
      engine::ProgramStep rename;
      rename.program = "cp";
      rename.arguments = {input, "tmp/book.epub"};
      plan.steps.push_back({.action = std::move(rename)});
      input = "tmp/book.epub";
    }
    if (request.from == "chm") input = calibre::open_help_file(plan, input);
    auto convert = program("ebook-convert", {input, folder   ? "tmp/book.oeb"
                                                    : packed ? "tmp/book.pmlz"
                                                             : "out/out." + request.to});
    auto& arguments = convert.arguments;
    add_text(arguments, "title", options.title);
    add_text(arguments, "authors", options.authors);
    arguments.push_back("--output-profile=" + options.output_profile);
    if (request.to == "docx") arguments.push_back("--docx-page-size=" + options.page_size);
    add_margins(arguments, options);
    if (options.font_size > 0) arguments.push_back(fmt::format("--base-font-size={}", options.font_size));
    if (options.embed_fonts) arguments.emplace_back("--embed-all-fonts");
    if (options.line_height) arguments.push_back(fmt::format("--minimum-line-height={}", *options.line_height));
    if (options.remove_paragraph_spacing) arguments.emplace_back("--remove-paragraph-spacing");
    if (options.no_images && request.from == "pdf") arguments.emplace_back("--no-images");
    convert.progress = &percent_of;
    plan.steps.push_back({.action = std::move(convert), .weight = 20});
    if (folder || packed) {
      engine::ProgramStep pack;
      pack.program = "bsdtar";
      if (folder) pack.arguments = {"-c", "-f", "out/out.oeb", "--format", "zip", "-C", "tmp/book.oeb", "."};
      if (packed) pack.arguments = {"-x", "-f", "tmp/book.pmlz", "-C", "out", "index.pml"};
      plan.steps.push_back({.action = std::move(pack)});
    }
    plan.outputs = {packed ? "out/index.pml" : "out/out." + request.to};
    plan.explain = &explain;
    return plan;
  }
};

}  // namespace
}  // namespace calibre

Result<> register_calibre(engine::Registry& registry) { return registry.add(std::make_unique<calibre::Calibre>()); }

}  // namespace recast::engines
