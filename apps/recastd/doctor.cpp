#include <fmt/format.h>
#include <unistd.h>

#include "engine/registry.hpp"
#include "execution/detection.hpp"
#include "process/runner.hpp"
#include "server.hpp"

namespace recast::server {

int doctor(const Options& options) {
  const auto programs = options.program_folder();
  const auto capability = process::probe(programs / "recast-jail");
  fmt::print("isolation   {}{}\n", level_name(capability.level),
             capability.reason.empty() ? "" : " (" + capability.reason + ")");
  fmt::print("user        {}\n", ::geteuid() == 0 ? "root: each engine process gets a user id of its own"
                                                  : "not root: engines run in user namespaces");
  fmt::print("data        {}\n", options.data_folder().string());
  engine::Registry registry;
  std::vector<std::string> missing;
  const auto registered = engines::register_all(registry);
  const auto all = registered ? execution::candidates(registry, options.engines) : std::unexpected(registered.error());
  if (!all) {
    fmt::print("engines     {}: {}\n", all.error().field, all.error().message);
    return 1;
  }
  for (const auto& candidate : execution::present(*all, missing)) {
    fmt::print("engine      {} {}\n", candidate.engine->info().name,
               candidate.prefix.empty() ? "(system)" : candidate.prefix);
  }
  for (const auto& line : missing) fmt::print("missing     {}\n", line);
  return capability.level == process::JailLevel::none || !missing.empty() ? 1 : 0;
}

}  // namespace recast::server
