#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>

#include "base/text.hpp"
#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace pandoc {
namespace {

constexpr std::size_t kLongestStyle = 65'536;

/// A text is one file: pictures it names are not there, and pandoc would fail for that. Their captions stay.
constexpr std::string_view kWithoutPictures =
    "function Image(picture)\n  if picture.src:match('^data:') then return nil end\n  return picture.caption\nend\n";

/// Raw HTML passes through to books, whose writer fetches what it names.
constexpr std::string_view kWithoutRawMedia = R"lua(
local function without_media(raw)
  if not raw.format:match('html') then return nil end
  local text = raw.text:lower()
  for _, name in ipairs({'src', 'poster'}) do
    for address in text:gmatch(name .. '%s*=%s*["\']?%s*([^"\'%s>]*)') do
      if not address:match('^data:') then return {} end
    end
  end
end
RawInline = without_media
RawBlock = without_media
)lua";

/// Writers read the files that these name.
constexpr std::string_view kWithoutNamedFiles = R"lua(
function Meta(meta)
  for _, key in ipairs({'css', 'stylesheet', 'cover-image'}) do meta[key] = nil end
  return meta
end
)lua";

/// HTML wants a title; pandoc would take the name of the file, which is ours.
constexpr std::string_view kWithTitle = R"lua(
local without_files = Meta
function Meta(meta)
  if without_files then meta = without_files(meta) end
  if not meta.title and not meta.pagetitle then meta.pagetitle = pandoc.MetaInlines({pandoc.Str('Document')}) end
  return meta
end
)lua";

/// Markdown read by pandoc's own reader, without pictures before its writers look for them. Of all that pandoc reads
/// only Markdown can include no file, so it needs no sandbox, which cannot write documents.
constexpr std::string_view kMarkdownReader = R"lua(
function Reader(input)
  local text = tostring(input)
  local document = pandoc.read(text, 'markdown')
  document.meta = Meta(document.meta)
  -- YAML may spell both signs in other ways.
  local plain = next(document.meta) == nil and not text:find('![', 1, true) and not text:find('<', 1, true)
  if plain then return document end
  return document:walk({Image = Image, RawInline = RawInline, RawBlock = RawBlock})
end
)lua";

using Arguments = std::vector<std::string>;

struct Options {
  bool toc = false;
  std::string css;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::toc, "toc", "A table of contents before the text."),
      schema::field(&Options::css, "css",
                    "Style sheet for HTML and what is made of it: the rules themselves, no address.",
                    {.verbatim = true}),
  };
};

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> result;
  const auto add = [&](std::initializer_list<std::string_view> from, std::initializer_list<std::string_view> to,
                       int rank) {
    const auto more = engine::pairs(from, to, rank);
    result.insert(result.end(), more.begin(), more.end());
  };
  add({"md", "rst", "tex"}, {"md", "rst", "tex", "html", "docx", "odt", "epub", "txt", "rtf"}, 10);
  add({"html", "docx", "odt", "epub"}, {"md", "rst", "tex"}, 10);
  add({"epub"}, {"html"}, 10);
  // LibreOffice and calibre keep more of the look.
  add({"html"}, {"docx", "odt", "epub", "rtf", "txt"}, 60);
  add({"docx", "odt"}, {"html", "epub", "txt"}, 60);
  add({"epub"}, {"docx", "odt", "txt", "rtf"}, 60);
  return result;
}

/// pandoc's names of the formats.
std::string_view reader(std::string_view format) {
  if (format == "md") return "markdown";
  if (format == "tex") return "latex";
  return format;
}
std::string_view writer(std::string_view format) {
  if (format == "md") return "gfm";
  if (format == "tex") return "latex";
  if (format == "txt") return "plain";
  return format;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"Couldn't unpack docx container", ErrorCode::open_failed, "The document is damaged."},
       {"YAML parse exception", ErrorCode::open_failed, "The block of metadata at the text's begin is no valid YAML."},
       {"Couldn't parse", ErrorCode::open_failed, "The document is damaged."},
       {"zip archive", ErrorCode::open_failed, "The document is damaged."},
       {"Invalid UTF-8", ErrorCode::open_failed, "The text is not UTF-8."},
       {"Cannot decode byte", ErrorCode::open_failed, "The text is not UTF-8."},
       {"heap exhausted", ErrorCode::memory_limit, "The document needs more memory than is allowed."},
       {"Stack space overflow", ErrorCode::memory_limit, "The document is nested too deeply."},
       {"Error at \"source\"", ErrorCode::open_failed, "The document has an error that hinders reading it."}},
      end, "pandoc");
}

engine::Info describe() {
  engine::Info info;
  info.name = "pandoc";
  info.summary = "Converts Markdown, reStructuredText, LaTeX and other markup.";
  info.group = "document";
  info.abilities = {{.conversions = conversions(), .options = schema::describe<Options>()}};
  info.detection = {
      .programs = {"pandoc"}, .version_command = {"pandoc", "--version"}, .version_pattern = "pandoc ([0-9.]+)"};
  info.probe = {.from = "md", .to = "html", .content = "# Recast\n", .options = {}};
  return info;
}

class Pandoc final : public engine::Engine {
 public:
  Pandoc() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    RECAST_TRY(const auto options, schema::parse<Options>(request.options));
    RECAST_CHECK(check_style(options.css));
    engine::Plan plan;
    const bool writes_pictures = is_one_of(request.to, {"docx", "odt", "epub"}),
               has_pictures = reads_pictures(request.from);
    auto from = fmt::format("--from={}", reader(request.from)), input = request.inputs.front();
    std::string filter;
    if (!has_pictures) filter += kWithoutPictures;
    if (!has_pictures && writes_pictures) filter += kWithoutRawMedia;
    if (has_pictures || writes_pictures) filter += kWithoutNamedFiles;
    if (request.to == "html") filter += kWithTitle;
    plan.files["in/filter.lua"] = filter;
    // The writer of DOCX looks for pictures before any filter could take them out.
    if (writes_pictures && request.from == "md") {
      plan.files["in/markdown.lua"] = filter + std::string(kMarkdownReader);
      from = "--from=in/markdown.lua";
    } else if (writes_pictures && !has_pictures) {
      plan.steps.push_back(
          step({from, "--to=json", "--sandbox", "--lua-filter=in/filter.lua", "--output=tmp/text.json", input}));
      from = "--from=json";
      input = "tmp/text.json";
    }
    Arguments arguments{from, fmt::format("--to={}", writer(request.to)), "--standalone",
                        "--output=out/out." + request.to};
    if (!writes_pictures || has_pictures) arguments.emplace_back("--lua-filter=in/filter.lua");
    // Of this version the sandbox cannot read pandoc's own templates of these; the jail is around it all the same.
    if (!writes_pictures && !has_pictures) arguments.emplace_back("--sandbox");
    if (request.to == "html") {
      arguments.emplace_back("--mathml");
      if (has_pictures) arguments.emplace_back("--self-contained");
    }
    if (is_one_of(request.to, {"md", "rst", "txt"})) arguments.emplace_back("--wrap=none");
    if (options.toc) arguments.emplace_back("--toc");
    if (!options.css.empty() && is_one_of(request.to, {"html", "epub"})) {
      plan.files["in/style.html"] = "<style>\n" + options.css + "\n</style>\n";
      arguments.emplace_back("--include-in-header=in/style.html");
    }
    arguments.push_back(input);
    plan.steps.push_back(step(std::move(arguments)));
    plan.outputs = {"out/out." + request.to};
    plan.explain = &explain;
    return plan;
  }

  static bool reads_pictures(std::string_view format) { return is_one_of(format, {"docx", "odt", "epub"}); }

  static engine::Step step(Arguments arguments) {
    engine::ProgramStep one;
    one.program = "pandoc";
    one.arguments = std::move(arguments);
    one.environment = {"HOME=tmp", "TMPDIR=tmp", "XDG_DATA_HOME=tmp", "LC_ALL=C.UTF-8"};
    one.limits.memory = 2ULL << 30;
    one.limits.processes = 32;
    return {.action = std::move(one)};
  }

  static Result<> check_style(const std::string& css) {
    if (css.size() > kLongestStyle)
      return fail(ErrorCode::invalid_data, fmt::format("The css must not be longer than {} bytes.", kLongestStyle),
                  "css");
    // What ends the element it stands in would be markup.
    if (lower(css).contains("</")) return fail(ErrorCode::invalid_data, "The css must not hold markup.", "css");
    return {};
  }
};

}  // namespace
}  // namespace pandoc

Result<> register_pandoc(engine::Registry& registry) { return registry.add(std::make_unique<pandoc::Pandoc>()); }

}  // namespace recast::engines
