#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

/// The frame of a resident worker program: one parent that loads a library and forks one pristine, jailed child per
/// job, some of them ahead of any job ("spares"). Single-threaded by design: fork() without exec happens only here.
/// Wire and life cycle: process/wire.hpp. Started by process::Workers with --control=FD --scratch=DIR --jail=LEVEL
/// --spares=N --first-uid=N and the worker's own arguments.
namespace recast::worker {

namespace fs = std::filesystem;
namespace json = boost::json;

/// What the children of a worker may do beyond reading the system's libraries and fonts and writing their own /tmp.
struct Profile {
  std::vector<fs::path>
      readable;  ///< more files and folders, such as /etc/libreoffice or an install path; missing ones are skipped
  std::uint64_t scratch_bytes = 512ULL << 20;  ///< size of the child's private /tmp (a tmpfs in a full jail)
  bool programs = false;       ///< may start programs from /usr and its install path (a browser); else no exec, no fork
  bool proc = false;           ///< needs /proc of its own PID namespace
  bool local_sockets = false;  ///< may use AF_UNIX and netlink sockets; never AF_INET
  bool loopback = false;       ///< with local_sockets, in a full jail: has a loopback interface of its own and AF_INET
  bool codec = false;          ///< needs few system calls: an allow-list instead of a deny-list (not with `programs`)
  /// What programs started by prepare() may use, before a job's own limits are known. These stay theirs; the child
  /// itself takes on the job's limits.
  Limits ahead{.descriptors = 4096, .processes = 1024};
};

/// A job as the child sees it.
struct Job {
  json::object request;
  std::vector<int> inputs;           ///< readable descriptors, position 0
  std::vector<int> outputs;          ///< writable, empty
  fs::path scratch;                  ///< the child's private writable folder; also $TMPDIR and $HOME
  std::function<void(int)> percent;  ///< reports 0 to 100
  Limits limits{};                   ///< already in force; for what only the worker can count, such as files
  /// What need not be freed before the answer: a child ends with its job, and a document of many objects takes a tenth
  /// of the job to take apart.
  std::vector<std::shared_ptr<void>> kept{};
};

/// One resident library. Every function runs on the only thread of its process.
class Worker {
 public:
  virtual ~Worker() = default;

  /// What its children may do. Called first, before the parent enters its private root.
  virtual Profile profile() const = 0;

  /// In the parent, once, inside the private root: loads the library, warms it up, then calls `serve(version)`, which
  /// returns only when the server is gone. `scratch` is the parent's writable folder, also $HOME; its children can read
  /// it. $TMPDIR is another one: folders the parent left there are made anew, empty, in each child's own in a full
  /// jail. An Error ends the program with its message as the reason shown to the operator.
  virtual Result<> run(const fs::path& scratch, const std::function<void(std::string version)>& serve) = 0;

  /// In a fresh child, jailed, ahead of any job: touch pages, start a browser. `job_waits` tells whether a job has
  /// come.
  virtual Result<> prepare(const fs::path& scratch, const std::function<bool()>& job_waits) {
    (void)scratch, (void)job_waits;
    return {};
  }

  /// In the child: does the job. The object returned reaches the server as WorkerReply::result; an Error's code and
  /// message become the task's.
  virtual Result<json::object> convert(Job& job) = 0;
};

/// The whole program: reads the frame's arguments, gives the rest (name -> value) to `make`, runs, returns the exit
/// status.
int run_worker(int argc, char** argv,
               const std::function<std::unique_ptr<Worker>(const std::map<std::string, std::string>&)>& make);

/// Helpers for converting from descriptor to descriptor.
/// The whole of a file, read with pread (a file cut short under a mapping would be SIGBUS). file_too_large over
/// `limit`.
Result<std::vector<char>> read_all(int fd, std::uint64_t limit);
Result<> write_all(int fd, std::span<const char> bytes);
/// Several outputs through one descriptor: each file is an 8-byte little-endian length and its bytes. The server splits
/// them (process/sequence.hpp).
Result<> append_to_sequence(int fd, std::span<const char> bytes);

}  // namespace recast::worker
