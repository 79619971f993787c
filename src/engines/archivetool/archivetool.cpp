#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>

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
constexpr std::size_t kLongestPattern = 255;
// What a repacked archive may hold. It never becomes files here, so the limit on files is not meant.
constexpr std::int64_t kMostEntries = 500'000;

Limits limits() { return {.cpu = std::chrono::hours(2), .memory = 2ULL << 30, .descriptors = 64, .processes = 8}; }

std::vector<engine::Conversion> conversions() {
  std::vector<engine::Conversion> pairs;
  for (const auto from : readable()) {
    for (const auto to : writable()) {
      if (from != to) pairs.push_back({std::string(from), std::string(to), kRank, {}});
    }
  }
  return pairs;
}

std::vector<engine::Conversion> sources() {
  std::vector<engine::Conversion> pairs;
  for (const auto from : readable()) pairs.push_back({std::string(from), {}, kRank, {}});
  return pairs;
}

std::vector<engine::Conversion> targets() {
  std::vector<engine::Conversion> pairs;
  for (const auto to : writable()) pairs.push_back({{}, std::string(to), kRank, {}});
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
  info.summary = "Archives, by libarchive.";
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

/// What the worker needs to write beside the result: libarchive gathers a 7z or an ISO image in a temporary file, and
/// content of unknown length is measured in another. On the disk, for the worker's own /tmp is memory.
engine::Plan writing_plan(engine::WorkerStep step, const std::string& to) {
  const auto result = "out/out." + to;
  step.worker = "archive";
  step.outputs = {result, "tmp/spool", "tmp/temporary"};
  step.limits = limits();
  engine::Plan plan;
  plan.steps.push_back({.action = std::move(step)});
  plan.outputs = {result};
  return plan;
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
  return writing_plan(std::move(step), request.to);
}

Result<engine::Plan> pack(const engine::Request& request) {
  RECAST_TRY(const auto options, schema::parse<ArchiveOptions>(request.options));
  engine::WorkerStep step;
  step.request = {{"task", "pack"}, {"to", request.to}, {"files", request.inputs.size()}};
  if (options.compression_level) step.request["level"] = *options.compression_level;
  step.inputs = request.inputs;
  step.stream = true;
  return writing_plan(std::move(step), request.to);
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
