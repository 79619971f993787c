#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <map>
#include <memory>

#include "engine/explain.hpp"
#include "engine/registry.hpp"
#include "engines/archivetool/formats.hpp"
#include "engines/archivetool/options.hpp"
#include "schema/parse.hpp"

namespace recast::engines {

namespace archivetool {
namespace {

namespace json = boost::json;

constexpr std::string_view kExtract = "archive/extract";
constexpr std::string_view kArchive = "archive";
constexpr int kRank = 10;
constexpr std::int64_t kUsualLevel = 6;
constexpr std::size_t kLongestPattern = 255;
// What a repacked archive may hold. It never becomes files here, so the limit on files is not meant.
constexpr std::int64_t kMostEntries = 500'000;

Limits limits() { return {.cpu = std::chrono::hours(2), .memory = 2ULL << 30, .descriptors = 64, .processes = 8}; }

using Needs = std::vector<std::string>;

/// What is read, and the program this wants besides libarchive.
std::map<std::string, Needs> all_sources() {
  std::map<std::string, Needs> formats;
  for (const auto from : readable()) formats[std::string(from)] = {};
  for (const auto& one : wrapped()) {
    if (one.reads) formats[std::string(one.name)] = {std::string(one.program)};
  }
  return formats;
}

std::map<std::string, Needs> all_targets() {
  std::map<std::string, Needs> formats;
  for (const auto to : writable()) formats[std::string(to)] = {};
  for (const auto to : singles()) formats[std::string(to)] = {};
  for (const auto& one : wrapped()) formats[std::string(one.name)] = {std::string(one.program)};
  return formats;
}

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> pairs;
  for (const auto& [from, opens] : all_sources()) {
    for (const auto& [to, makes] : all_targets()) {
      if (from == to) continue;
      auto needs = opens;
      needs.insert(needs.end(), makes.begin(), makes.end());
      pairs.push_back({from, to, kRank, std::move(needs)});
    }
  }
  return pairs;
}

std::vector<engine::Conversion> sources() {
  std::vector<engine::Conversion> pairs;
  for (const auto& [from, needs] : all_sources()) pairs.push_back({from, {}, kRank, needs});
  return pairs;
}

std::vector<engine::Conversion> targets() {
  std::vector<engine::Conversion> pairs;
  for (const auto& [to, needs] : all_targets()) pairs.push_back({{}, to, kRank, needs});
  return pairs;
}

/// A member of a cpio archive: a header of hexadecimal digits, name and content filled up to multiples of four.
std::string member(std::string_view name, std::string_view content, unsigned mode) {
  auto bytes = fmt::format("070701{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{}", 1,
                           mode, 0, 0, 1, 0, content.size(), 0, 0, 0, 0, name.size() + 1, 0, name);
  const auto fill = [&bytes] { bytes.append((4 - bytes.size() % 4) % 4, '\0'); };
  bytes += '\0';
  fill();
  bytes += content;
  fill();
  return bytes;
}

engine::Info describe() {
  engine::Info info;
  info.name = "archivetool";
  info.summary = "Archives, by libarchive, and programs for what it does not know.";
  info.group = "archive";
  info.abilities = {
      {.conversions = conversions(), .options = schema::describe<ConvertOptions>()},
      {.operation = std::string(kExtract), .conversions = sources(), .options = schema::describe<ExtractOptions>()},
      {.operation = std::string(kArchive),
       .conversions = targets(),
       .options = schema::describe<ArchiveOptions>(),
       .most_inputs = std::numeric_limits<std::size_t>::max()}};
  info.workers = {{.name = "archive", .program = "recast-worker-archive", .arguments = {}}};
  info.probe = {.from = "cpio",
                .to = "zip",
                .content = member("probe.txt", "Recast\n", 0100644) + member("TRAILER!!!", "", 0),
                .options = {}};
  return info;
}

Error explain(const engine::StepEnd& end) {
  return engine::explain_by(
      {{"not a lzop file", ErrorCode::open_failed, "The file is no lzo file."},
       {"magic header", ErrorCode::open_failed, "The file is no rz file."},
       {"unexpected end of file", ErrorCode::open_failed, "The file is damaged: its end is missing."},
       {"header corrupted", ErrorCode::open_failed, "The file is damaged."},
       {"Checksum error", ErrorCode::open_failed, "The file is damaged."},
       {"Fatal error - exiting", ErrorCode::open_failed, "The file is damaged."}},  // all that rzip says at last
      end, "the packer");
}

/// Takes the outer layer of an input off.
engine::ProgramStep opening(const Wrapped& layer, const std::string& input, const std::string& inner) {
  engine::ProgramStep step;
  step.program = layer.program;
  if (layer.program == "rzip") {
    step.arguments = {"-d", "-k", "-o", inner, input};  // it seeks
  } else {
    step.arguments = {"-d", "-c", input};
    step.output_file = inner;
  }
  step.limits = limits();
  return step;
}

/// Puts the outer layer around a result. What they read through standard input has no name of ours in it.
engine::ProgramStep closing(const Wrapped& layer, const std::string& inner, const std::string& result,
                            std::int64_t level) {
  engine::ProgramStep step;
  step.program = layer.program;
  step.limits = limits();
  const auto degree = "-" + std::to_string(level);
  if (layer.program == "rzip") {
    step.arguments = {degree, "-k", "-o", result, inner};
    return step;
  }
  step.input_file = inner;
  if (layer.program == "lzop") {
    step.arguments = {std::max(level, std::int64_t{1}) == level ? degree : "-1", "-c"};
    step.output_file = result;
  } else {
    step.arguments = {"a", "-bd", "-mmt=1", "-mx=" + std::to_string(level), "-siarchive.tar", result};
  }
  return step;
}

/// A plan whose worker step may have a program before it and one behind. What the worker needs to write beside the
/// result is on the disk, for its own /tmp is memory: libarchive gathers a 7z or an ISO image in a temporary file, and
/// content of unknown length is measured in another.
engine::Plan writing_plan(engine::WorkerStep step, const std::string& to, std::int64_t level) {
  engine::Plan plan;
  const auto result = "out/out." + to;
  const auto* const layer = find_wrapped(to);
  const auto inner = layer == nullptr ? result : "tmp/packed";
  if (layer != nullptr) step.request["to"] = layer->inner;
  step.worker = "archive";
  step.outputs = {inner, "tmp/spool", "tmp/temporary"};
  step.limits = limits();
  plan.steps.push_back({.action = std::move(step)});
  if (layer != nullptr) plan.steps.push_back({.action = closing(*layer, inner, result, level)});
  plan.outputs = {result};
  plan.explain = &explain;
  return plan;
}

/// Lets a program open the input before the worker reads it.
void open_before(engine::Plan& plan, const std::string& from) {
  const auto* const layer = find_wrapped(from);
  if (layer == nullptr || !layer->reads) return;
  auto& step = std::get<engine::WorkerStep>(plan.steps.front().action);
  const std::string inner = "tmp/opened";
  auto program = opening(*layer, step.inputs.front(), inner);
  step.inputs = {inner};
  step.request["from"] = layer->inner;
  plan.steps.insert(plan.steps.begin(), {.action = std::move(program)});
  plan.explain = &explain;
}

Result<engine::Plan> repack(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<ConvertOptions>(request.options));
  engine::WorkerStep step;
  step.request = {{"task", "repack"},
                  {"from", request.from},
                  {"to", request.to},
                  {"password", options.password},
                  {"most_entries", kMostEntries}};
  if (options.compression_level) step.request["level"] = *options.compression_level;
  step.inputs = request.inputs;
  step.tell_names = true;
  auto plan = writing_plan(std::move(step), request.to, options.compression_level.value_or(kUsualLevel));
  open_before(plan, request.from);
  return plan;
}

Result<engine::Plan> pack(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<ArchiveOptions>(request.options));
  engine::WorkerStep step;
  step.request = {{"task", "pack"}, {"to", request.to}, {"files", request.inputs.size()}};
  if (options.compression_level) step.request["level"] = *options.compression_level;
  step.inputs = request.inputs;
  step.stream = true;
  return writing_plan(std::move(step), request.to, options.compression_level.value_or(kUsualLevel));
}

Result<engine::Plan> unpack(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<ExtractOptions>(request.options));
  if (options.pattern.size() > kLongestPattern)
    return fail(ErrorCode::invalid_data, "The pattern must not be longer than 255 bytes.", "pattern");
  engine::WorkerStep step;
  step.worker = "archive";
  step.request = {
      {"task", "unpack"}, {"from", request.from}, {"password", options.password}, {"pattern", options.pattern}};
  step.inputs = request.inputs;
  step.outputs = {"tmp/sequence"};
  step.sequence = true;
  step.named = true;
  step.tell_names = true;
  step.limits = limits();
  engine::Plan plan;
  plan.steps.push_back({.action = std::move(step)});
  open_before(plan, request.from);
  plan.outputs = {"out/out-*"};
  plan.may_be_empty = true;
  return plan;
}

class ArchiveTool final : public engine::Engine {
 public:
  ArchiveTool() : Engine(describe()) {}

 private:
  Result<engine::Plan> make_plan(const engine::Request& request) const override {
    if (request.operation == kExtract) return unpack(request);
    return request.operation == kArchive ? pack(request) : repack(request);
  }
};

}  // namespace
}  // namespace archivetool

Result<> register_archivetool(engine::Registry& registry) {
  return registry.add(std::make_unique<archivetool::ArchiveTool>());
}

}  // namespace recast::engines
