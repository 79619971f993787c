#include "execution/detection.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <regex>
#include <set>

#include "base/log.hpp"
#include "schema/parse.hpp"

namespace recast::execution {

namespace {

/// [engines.NAME.install.LABEL]
struct InstallSettings {
  std::string path;
  bool is_default = false;
  bool deprecated = false;
  bool experimental = false;

  static constexpr auto fields = std::tuple{
      schema::field(&InstallSettings::path, "path", "Folder the programs of this installation are in.",
                    {.required = true}),
      schema::field(&InstallSettings::is_default, "default", "Used when a client names no version."),
      schema::field(&InstallSettings::deprecated, "deprecated", "Shown as deprecated in the catalogue."),
      schema::field(&InstallSettings::experimental, "experimental", "Never chosen by \"latest\"."),
  };
};

std::vector<std::string> worker_names(const engine::Engine& engine, std::string_view label) {
  std::vector<std::string> names;
  for (const auto& worker : engine.info().workers) {
    names.push_back(label.empty() ? worker.name : fmt::format("{}@{}", worker.name, label));
  }
  return names;
}

Result<> add_installs(const engine::Engine& engine, const boost::json::object& installs, std::vector<Candidate>& out) {
  const auto name = engine.info().name;
  bool has_default = false;
  const auto first = out.size();
  for (const auto& [label, value] : installs) {
    const auto field = fmt::format("engines.{}.install.{}", name, std::string_view(label));
    if (!value.is_object()) return fail(ErrorCode::invalid_data, field + " must be a table.", field);
    auto parsed = schema::parse<InstallSettings>(value.get_object());
    if (!parsed) return fail(ErrorCode::invalid_data, parsed.error().message, field + "." + parsed.error().field);
    if (!fs::path(parsed->path).is_absolute())
      return fail(ErrorCode::invalid_data, field + ".path must be absolute.", field + ".path");
    has_default = has_default || parsed->is_default;
    out.push_back({&engine, parsed->path, parsed->is_default, parsed->deprecated, parsed->experimental,
                   worker_names(engine, label)});
  }
  // One of an engine's installations is its default: the one that says so, or else the system's own.
  if (has_default && first > 0) out[first - 1].is_default = false;
  return {};
}

std::string first_group(const std::string& pattern, const std::string& text) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) && found.size() > 1 ? found[1].str() : std::string();
}

Result<std::string> version_of(const Candidate& candidate, process::Runner& runner, process::Workers& workers,
                               const fs::path& work, Deadline deadline) {
  const auto detection = candidate.engine->info().detection;
  if (detection.version_command.empty()) {
    if (candidate.workers.empty()) return fail(ErrorCode::internal, "it has neither a version command nor a worker");
    return workers.wait_ready(candidate.workers.front(), deadline);
  }
  process::Program program{.executable = find_program(detection.version_command.front(), candidate.prefix),
                           .arguments = {detection.version_command.begin() + 1, detection.version_command.end()},
                           .environment = {"HOME=tmp", "LC_ALL=C.UTF-8"},  // some look there even to say who they are
                           .work = work,
                           .readable = {},
                           .limits = {.wall = std::chrono::seconds(20)},
                           .on_line = {}};
  if (!candidate.prefix.empty()) program.readable.emplace_back(candidate.prefix);
  for (const auto* const part : {"in", "out", "tmp"}) fs::create_directories(work / part);
  RECAST_TRY(const auto report, runner.run(program, deadline, {}));
  // Many programs print their version on standard error, and some end with a status that is not 0.
  auto version = first_group(detection.version_pattern, report.output + "\n" + report.errors);
  if (version.empty()) {
    return fail(ErrorCode::internal,
                fmt::format("{} did not say its version (status {}, signal {}): {}", program.executable.string(),
                            report.exit_code, report.signal, report.errors));
  }
  return version;
}

/// Programs that only some of the engine's pairs need, as far as they are not there.
std::vector<std::string> lacking(const Candidate& candidate) {
  std::set<std::string> wanted;
  for (const auto& ability : candidate.engine->info().abilities) {
    for (const auto& pair : ability.conversions) wanted.insert(pair.needs.begin(), pair.needs.end());
  }
  std::vector<std::string> result;
  for (const auto& program : wanted) {
    if (find_program(program, candidate.prefix).empty()) result.push_back(program);
  }
  return result;
}

/// Whether version `a` is newer than `b`: numbers compare as numbers.
bool newer(const std::string& a, const std::string& b) {
  const auto numbers = [](const std::string& text) {
    std::vector<long> parts;
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] < '0' || text[i] > '9') {
        ++i;
        continue;
      }
      long value = 0;
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i)
        value = std::min(value * 10 + (text[i] - '0'), 1'000'000'000L);
      parts.push_back(value);
    }
    return parts;
  };
  return numbers(a) > numbers(b);
}

void mark_latest(std::vector<engine::Installation>& installations) {
  for (auto& one : installations) {
    one.latest = !one.experimental && std::ranges::none_of(installations, [&](const auto& other) {
      return other.engine == one.engine && !other.experimental && newer(other.version, one.version);
    });
  }
  for (auto& one : installations) {  // a default that is not there leaves its place to the newest that is
    const auto same = [&](const auto& other) { return other.engine == one.engine && other.is_default; };
    if (one.latest && std::ranges::none_of(installations, same)) one.is_default = true;
  }
}

}  // namespace

Result<std::vector<Candidate>> candidates(const engine::Registry& registry, const boost::json::object& settings) {
  for (const auto& member : settings) {
    const auto field = fmt::format("engines.{}", std::string_view(member.key()));
    if (registry.find(member.key()) == nullptr)
      return fail(ErrorCode::invalid_data, "There is no engine of this name.", field);
    if (!member.value().is_object()) return fail(ErrorCode::invalid_data, field + " must be a table.", field);
  }
  std::vector<Candidate> result;
  for (const auto* engine : registry.all()) {
    result.push_back({engine, {}, true, false, false, worker_names(*engine, {})});
    const auto* table = settings.if_contains(engine->info().name);
    if (table == nullptr) continue;
    for (const auto& [key, value] : table->as_object()) {
      const auto field = fmt::format("engines.{}.{}", engine->info().name, std::string_view(key));
      if (key == "enabled" && value.is_bool()) {
        if (!value.get_bool()) result.pop_back();
      } else if (key == "install" && value.is_object()) {
        RECAST_CHECK(add_installs(*engine, value.get_object(), result));
      } else {
        return fail(ErrorCode::invalid_data, "An engine has `enabled` (true or false) and `install` (a table).", field);
      }
    }
  }
  return result;
}

std::vector<Candidate> present(const std::vector<Candidate>& candidates, std::vector<std::string>& missing) {
  std::vector<Candidate> result;
  for (const auto& candidate : candidates) {
    std::string lacking;
    for (const auto& program : candidate.engine->info().detection.programs) {
      if (find_program(program, candidate.prefix).empty()) lacking += (lacking.empty() ? "" : ", ") + program;
    }
    // What would take over others' names has to be installed by the operator: nobody misses it.
    const bool optional = !candidate.engine->info().takes_over.empty() && candidate.prefix.empty();
    if (lacking.empty()) {
      result.push_back(candidate);
    } else if (!optional) {
      missing.push_back(fmt::format("engine {}: {} not found", candidate.engine->info().name, lacking));
    }
  }
  return result;
}

std::vector<process::WorkerSpec> worker_specs(const std::vector<Candidate>& candidates, const fs::path& programs,
                                              unsigned parallel) {
  std::vector<process::WorkerSpec> specs;
  for (const auto& candidate : candidates) {
    const auto workers = candidate.engine->info().workers;
    for (std::size_t i = 0; i < workers.size(); ++i) {
      process::WorkerSpec spec{.name = candidate.workers.at(i),
                               .executable = programs / workers[i].program,
                               .arguments = {},
                               .spares = workers[i].spares,
                               .parallel = parallel};
      for (auto argument : workers[i].arguments) {
        if (const auto at = argument.find("{install}"); at != std::string::npos)
          argument.replace(at, 9, candidate.prefix);
        if (!argument.ends_with('=')) spec.arguments.push_back(argument);  // no path: the worker's own default
      }
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

engine::Catalogue detect(const std::vector<Candidate>& candidates, process::Runner& runner, process::Workers& workers,
                         const fs::path& work, Deadline deadline, std::vector<std::string>& missing) {
  std::vector<engine::Installation> installations;
  for (const auto& candidate : candidates) {
    const auto name = candidate.engine->info().name;
    const auto version = version_of(candidate, runner, workers, work, deadline);
    if (!version) {
      missing.push_back(fmt::format("engine {}: {}", name, version.error().message));
      continue;
    }
    installations.push_back({candidate.engine, *version, candidate.prefix, candidate.is_default, false,
                             candidate.deprecated, candidate.experimental, candidate.workers, lacking(candidate)});
  }
  mark_latest(installations);
  return engine::Catalogue(std::move(installations));
}

}  // namespace recast::execution
