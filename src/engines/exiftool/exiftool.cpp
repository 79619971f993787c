#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>

#include "base/text.hpp"
#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engine/samples.hpp"
#include "engines/exiftool/formats.hpp"
#include "engines/exiftool/tags.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace exiftool {
namespace {

constexpr std::size_t kMostTags = 200;
constexpr std::size_t kLongestArguments = 512 << 10;
constexpr auto* kArgumentFile = "in/arguments";
constexpr int kRank = 10;

struct WriteOptions {
  std::map<std::string, std::string> metadata;

  static constexpr auto fields = std::tuple{
      schema::field(&WriteOptions::metadata, "metadata",
                    "Tags and their values, such as {\"Title\": \"Plan\"}; an empty value removes a tag.",
                    {.required = true}),
  };
};

std::vector<engine::Conversion> sources(std::span<const std::string_view> formats, bool writes) {
  std::vector<engine::Conversion> pairs;
  for (const auto format : formats) {
    engine::Conversion pair{.from = std::string(format), .to = {}, .rank = kRank, .needs = {}};
    if (writes && format == "pdf") pair.needs = {"qpdf"};
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

engine::Info describe() {
  engine::Info info;
  info.name = "exiftool";
  info.summary = "Metadata of files of all kinds, by ExifTool.";
  info.group = "other";
  info.abilities = {{.operation = "metadata", .conversions = sources(readable(), false), .options = {}},
                    {.operation = "metadata/write",
                     .conversions = sources(writable(), true),
                     .options = schema::describe<WriteOptions>()}};
  info.detection = {
      .programs = {"exiftool"}, .version_command = {"exiftool", "-config", "", "-ver"}, .version_pattern = "([0-9.]+)"};
  info.probe = {
      .operation = "metadata", .from = "pdf", .to = {}, .content = std::string(engine::kProbePdf), .options = {}};
  return info;
}

/// What ExifTool says with "Error: …" in its text or "Error": "…" in its JSON, without our names of files.
std::string told_error(const engine::StepEnd& end) {
  constexpr std::string_view key = "\"Error\": \"";
  if (const auto at = end.output.find(key); at != std::string_view::npos) {
    const auto rest = end.output.substr(at + key.size(), 200);
    return std::string(rest.substr(0, rest.find('"')));
  }
  for (const auto line : split(end.errors, '\n')) {
    if (line.starts_with("Error: ")) return std::string(line.substr(7, line.rfind(" - in/in-") - 7));
  }
  return {};
}

Error explain(const engine::StepEnd& end) {
  const auto told = told_error(end);
  if (told.empty()) return engine::explain_by({}, end, "ExifTool");
  const auto text = lower(told);
  const auto has = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  if (has("encrypted") || has("password")) return {ErrorCode::open_failed, "The document is encrypted: " + told, {}};
  if (has("format error") || has("file type") || has("is empty") || has("not a valid") || has("truncated") ||
      has("corrupt") || has("bad "))
    return {ErrorCode::open_failed, "The file is damaged or of another format: " + told, {}};
  return {ErrorCode::conversion_failed, told, {}};
}

/// It writes what it can and ends well; what it could not is only a warning.
std::optional<Error> doubt(const engine::StepEnd& end) {
  static constexpr std::array<std::string_view, 7> kRefusals{
      "is not defined", "writable", "doesn't exist", "Can't convert", "Invalid", "Not a", "not valid"};
  for (const auto line : split(end.errors, '\n')) {
    if (!line.starts_with("Warning: ")) continue;
    const auto text = line.substr(9, 300);
    const auto refuses = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
    if (std::ranges::any_of(kRefusals, refuses))
      return Error{ErrorCode::conversion_failed, "The metadata cannot be written: " + std::string(text), "metadata"};
  }
  return std::nullopt;
}

engine::ProgramStep exiftool_step(std::vector<std::string> arguments) {
  engine::ProgramStep step;
  step.program = "exiftool";
  // First of all, or a .ExifTool_config would be looked for: a program in Perl.
  step.arguments = {"-config", "", "-api", "LargeFileSupport=1"};
  step.arguments.insert(step.arguments.end(), arguments.begin(), arguments.end());
  step.environment = {"TMPDIR=tmp"};
  step.limits = {.cpu = std::chrono::minutes(10), .memory = 2ULL << 30, .descriptors = 64, .processes = 4};
  return step;
}

/// Everything as JSON: lists as one text, for some clients know no nested values. Not what is ours: dates and rights of
/// the file on this disk.
engine::Plan read(const engine::Request& request) {
  auto step = exiftool_step({"-json", "-sep", ", ", "-x", "FilePermissions", "-x", "FileModifyDate", "-x",
                             "FileAccessDate", "-x", "FileInodeChangeDate", request.inputs.front()});
  engine::Plan plan;
  plan.steps.push_back({.action = std::move(step)});
  plan.explain = &explain;
  return plan;
}

/// In a PDF the tags of everybody are those of its information dictionary; ExifTool alone would write XMP only. Both
/// are named: one that writes "all" besides the dictionary adds a value of a list to it twice.
bool is_in_dictionary(std::string_view tag) {
  static constexpr std::array<std::string_view, 6> tags{"title",    "author",  "subject",
                                                        "keywords", "creator", "producer"};
  return std::ranges::find(tags, lower(tag)) != tags.end();
}

Result<std::string> arguments_for(const WriteOptions& options, std::string_view from) {
  if (options.metadata.empty()) return fail(ErrorCode::invalid_data, "The metadata field is required.", "metadata");
  if (options.metadata.size() > kMostTags)
    return fail(ErrorCode::invalid_data, "The metadata must not have more than 200 tags.", "metadata");
  std::string lines;
  for (const auto& [tag, value] : options.metadata) {
    const auto write = [&](const std::string& name) -> Result<> {
      RECAST_TRY(const auto line, assignment(name, value));
      lines += line + "\n";
      return {};
    };
    const bool twice = from == "pdf" && is_in_dictionary(tag);
    RECAST_CHECK(write(twice ? "XMP:" + tag : tag));
    if (twice) RECAST_CHECK(write("PDF:" + tag));
  }
  if (lines.size() > kLongestArguments) return fail(ErrorCode::invalid_data, "The metadata is too long.", "metadata");
  return lines;
}

Result<engine::Plan> write(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<WriteOptions>(request.options));
  engine::Plan plan;
  RECAST_TRY(plan.files[kArgumentFile], arguments_for(options, request.from));
  const bool pdf = request.from == "pdf";
  const auto output = "out/out." + request.from;
  const auto written = pdf ? "tmp/written.pdf" : output;
  plan.steps.push_back({.action = exiftool_step({"-E", "-@", kArgumentFile, "-o", written, request.inputs.front()})});
  plan.outputs = {output};
  plan.explain = &explain;
  plan.doubt = &doubt;
  if (!pdf) return plan;
  // What was there before stands in the file that ExifTool made, and could be had back.
  engine::ProgramStep rewrite;
  rewrite.program = "qpdf";
  rewrite.arguments = {"--warning-exit-0", written, output};
  rewrite.limits = {.cpu = std::chrono::minutes(10), .memory = 2ULL << 30, .descriptors = 64, .processes = 4};
  plan.steps.push_back({.action = std::move(rewrite)});
  return plan;
}

class ExifTool final : public engine::Engine {
 public:
  ExifTool() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.operation == "metadata/write") return write(request);
    return read(request);
  }
};

}  // namespace
}  // namespace exiftool

Result<> register_exiftool(engine::Registry& registry) { return registry.add(std::make_unique<exiftool::ExifTool>()); }

}  // namespace recast::engines
