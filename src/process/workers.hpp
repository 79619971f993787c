#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "process/report.hpp"
#include "process/runner.hpp"

namespace recast::process {

/// A resident parent: a program that loads a library once and forks one jailed child per job (see worker/worker.hpp).
struct WorkerSpec {
  std::string name;                          ///< how steps name it, such as "office"
  fs::path executable;                       ///< absolute
  std::vector<std::string> arguments;        ///< such as --install=/usr/lib/libreoffice
  unsigned spares = 1;                       ///< children forked and jailed ahead
  unsigned parallel = 2;                     ///< jobs at once; more wait in line
  std::uint64_t parent_memory = 2ULL << 30;  ///< a parent whose memory (PSS) grows past this is replaced when idle
};

/// One job for a resident worker. Descriptors are duplicated into the child; the caller keeps and closes its own.
struct WorkerJob {
  std::string request;       ///< JSON text, engine specific, at most 60 KiB
  std::vector<int> inputs;   ///< opened for reading
  std::vector<int> outputs;  ///< opened for reading and writing, empty
  Limits limits;
  std::function<void(int)> on_percent;  ///< 0 to 100, on the calling thread; may be empty
};

struct WorkerReply {
  std::string result;  ///< JSON text from the child, {} if it had nothing to say
  ExitReport report;
};

struct WorkerStatus {
  std::string name;
  std::string version;  ///< what the loaded library calls itself; empty until it is ready
  bool ready = false;
  unsigned spares = 0;
  unsigned busy = 0;
  unsigned restarts = 0;  ///< parents that died or were replaced since start
  std::string problem;    ///< why it is not ready
};

/// User ids that one worker's children may have.
inline constexpr unsigned kUidsOfAWorker = 64;

/// All resident parents of this server. Parents are started in the background and again whenever they die, with a pause
/// that grows from 0.1 s to 10 s while they die before becoming ready. Safe to use from many threads.
class Workers {
 public:
  struct Settings {
    fs::path scratch;  ///< a folder of this server for the parents' private files; created if missing
    JailLevel level = JailLevel::full;
    unsigned first_uid = 0;  ///< as root: children have uids of their own from here on
    std::chrono::milliseconds start_timeout{60'000};
    /// A parent that still does not answer this long after a job of it should have ended is killed and started again.
    std::chrono::milliseconds patience{15'000};
  };
  static Result<std::unique_ptr<Workers>> open(Settings settings, std::vector<WorkerSpec> specs);
  virtual ~Workers() = default;  ///< ends all parents and their children

  /// Gives the job to a spare child of worker `name`, waits for its end. A parent or child that dies while it holds the
  /// job gives Error worker_lost, and the job may be tried again; what the child says of the document is an Error with
  /// its own code (open_failed, conversion_failed, pixel_limit, …); limits end it with timeout, cpu_limit,
  /// memory_limit, output_limit; a stop request ends it within a second with `cancelled`. Not ready before the
  /// deadline: unavailable.
  virtual Result<WorkerReply> run(const std::string& name, const WorkerJob& job, Deadline deadline,
                                  std::stop_token stop) = 0;
  virtual std::vector<WorkerStatus> status() const = 0;
  /// Blocks until the worker is ready or the deadline passes. The version it reported, or why not.
  virtual Result<std::string> wait_ready(const std::string& name, Deadline deadline) = 0;
};

}  // namespace recast::process
