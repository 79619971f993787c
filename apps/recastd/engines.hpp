#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/registry.hpp"
#include "execution/detection.hpp"
#include "folders.hpp"
#include "options.hpp"
#include "process/runner.hpp"
#include "process/workers.hpp"

namespace recast::server {

/// The engines of this machine: the jail they run in, their resident workers, and the catalogue of what they can do. An
/// engine whose worker is late joins the catalogue when the worker is ready.
class Engines {
 public:
  /// Waits for workers until workers.start_seconds. Errors are fit for an operator.
  static Result<std::unique_ptr<Engines>> open(const Options& options, const Folders& folders);
  ~Engines();

  process::JailLevel level() const { return level_; }
  /// Why the jail is not full; empty if it is.
  const std::string& weaker() const { return weaker_; }
  const engine::Registry& registry() const { return registry_; }
  process::Runner& runner() { return *runner_; }
  process::Workers& workers() { return *workers_; }
  std::shared_ptr<const engine::Catalogue> catalogue() const;
  /// A line for each engine or worker that is not there.
  std::vector<std::string> missing() const;
  /// Names of engines whose programs are installed but which cannot be used: their worker is not ready.
  std::vector<std::string> late() const;

 private:
  Engines(const Options& options, const Folders& folders);
  Result<> prepare();
  void detect(Deadline deadline);
  void watch(const std::stop_token& stop);
  bool is_late() const;

  const Options& options_;
  const Folders& folders_;
  engine::Registry registry_;
  process::JailLevel level_ = process::JailLevel::none;
  std::string weaker_;
  std::vector<std::string> absent_;
  std::vector<execution::Candidate> installed_;
  std::unique_ptr<process::Runner> runner_;
  std::unique_ptr<process::Workers> workers_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::shared_ptr<const engine::Catalogue> catalogue_;
  std::vector<std::string> undetected_;
  std::vector<std::string> late_;
  std::jthread watcher_;  ///< last: uses all of the above
};

}  // namespace recast::server
