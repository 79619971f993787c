#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "engine/catalogue.hpp"
#include "execution/executor.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"

namespace recast::execution {

/// One installation that may be there: an engine and where to look for it.
struct Candidate {
  const engine::Engine* engine = nullptr;
  std::string prefix;
  bool is_default = true;
  bool deprecated = false;
  bool experimental = false;
  std::vector<std::string> workers;  ///< names its resident workers get
};

/// Which installations to look for: every engine's own place on the system, and what the settings add:
///   [engines.poppler]              enabled = false
///   [engines.poppler.install.old]  path = "/opt/poppler-20", default = false, deprecated = true, experimental = false
/// invalid_data naming "engines.…" for an unknown engine or member.
Result<std::vector<Candidate>> candidates(const engine::Registry& registry, const boost::json::object& settings);

/// Those whose programs exist. `missing` gets a line for each that does not, fit for an operator.
std::vector<Candidate> present(const std::vector<Candidate>& candidates, std::vector<std::string>& missing);

/// The resident workers these installations need. `programs` is the folder of the recast-worker-… programs.
std::vector<process::WorkerSpec> worker_specs(const std::vector<Candidate>& candidates, const fs::path& programs,
                                              unsigned parallel);

/// Asks each installed program or worker for its version. One that does not answer before the deadline is left out,
/// with a line in `missing`.
engine::Catalogue detect(const std::vector<Candidate>& candidates, process::Runner& runner, process::Workers& workers,
                         const fs::path& work, Deadline deadline, std::vector<std::string>& missing);

}  // namespace recast::execution
