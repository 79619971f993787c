#include "engine/unpacking.hpp"

#include "schema/parse.hpp"

namespace recast::engine {

namespace {

constexpr std::string_view kExtract = "archive/extract";

/// bsdtar's words for what it packs. The jail's user is nobody an archive should name, and too great for some formats.
std::vector<std::string> packing(const std::string& to) {
  std::vector<std::string> words{"-c",    "-f", "out/out." + to,   "--uid", "0",
                                 "--gid", "0",  "--numeric-owner", "-C",    "tmp/unpacked"};
  if (to == "tar.gz") words.emplace_back("-z");
  if (to == "tar.bz2") words.emplace_back("-j");
  words.emplace_back("--format");
  words.emplace_back(to == "zip" ? "zip" : to == "7z" ? "7zip" : "pax");
  for (const auto* const word : {"--no-recursion", "--null", "-T", "tmp/list"}) words.emplace_back(word);
  return words;
}

struct Options {
  std::string pattern;
  static constexpr auto fields = std::tuple{
      schema::field(&Options::pattern, "pattern",
                    "Only files whose name matches: * stands for any characters, ? for one. With a slash in it, "
                    "the pattern is for the whole path."),
  };
};

/// Deletes what was not asked for.
ProgramStep only(const std::string& pattern) {
  const bool whole = pattern.contains('/');
  ProgramStep step;
  step.program = "find";
  step.arguments = {"out", "-type", "f", "!", whole ? "-path" : "-name", whole ? "out/" + pattern : pattern, "-delete"};
  return step;
}

std::string pattern_of(const Request& request) {
  const auto* const pattern = request.options.if_contains("pattern");
  return pattern != nullptr && pattern->is_string() ? std::string(pattern->get_string()) : std::string();
}

}  // namespace

std::vector<Ability> unpacking_abilities(std::initializer_list<std::string_view> from, int rank) {
  Ability extract{.operation = std::string(kExtract), .conversions = {}, .options = schema::describe<Options>()};
  for (const auto format : from) extract.conversions.push_back({std::string(format), "", rank});
  return {extract, {.conversions = pairs(from, {"zip", "7z", "tar", "tar.gz", "tar.bz2"}, rank, {"bsdtar"})}};
}

Plan unpacking_plan(const Request& request,
                    const std::function<ProgramStep(const std::string& input, const std::string& folder)>& unpack) {
  Plan plan;
  const bool extracts = request.operation == kExtract;
  plan.steps.push_back({.action = unpack(request.inputs.front(), extracts ? "out" : "tmp/unpacked"), .weight = 4});
  // Disks and archives have files that not even their owner may read.
  ProgramStep readable;
  readable.program = "chmod";
  readable.arguments = {"-R", "u+rwX", extracts ? "out" : "tmp/unpacked"};
  plan.steps.push_back({.action = std::move(readable)});
  if (extracts) {
    if (const auto pattern = pattern_of(request); !pattern.empty()) plan.steps.push_back({.action = only(pattern)});
    plan.outputs = {"out/**"};  // links are none
    plan.may_be_empty = true;
    return plan;
  }
  // Files and folders only: a link could be an archive's way to what lies outside of it.
  ProgramStep list;
  list.program = "find";
  list.arguments = {"tmp/unpacked", "-mindepth", "1", "(", "-type", "f", "-o", "-type", "d", ")", "-printf", "%P\\0"};
  list.output_file = "tmp/list";
  plan.steps.push_back({.action = std::move(list)});
  ProgramStep pack;
  pack.program = "bsdtar";
  pack.arguments = packing(request.to);
  plan.steps.push_back({.action = std::move(pack)});
  plan.outputs = {"out/out." + request.to};
  return plan;
}

}  // namespace recast::engine
