#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"
#include "process/report.hpp"

namespace recast::process {

namespace fs = std::filesystem;

/// How strictly a program is confined. `full`: namespaces, private root, own uid where the server is root, Landlock,
/// seccomp, rlimits, empty environment, no network. `landlock`: without namespaces and private root. `none`: rlimits
/// and the empty environment only, for hosts that cannot do better and operators who said so.
enum class JailLevel { full, landlock, none };
std::string_view level_name(JailLevel level);
std::optional<JailLevel> parse_level(std::string_view name);

/// One program of an engine, to be run once. In a full jail the work folder appears as /job and tmp/ also as /tmp; at
/// the other levels it is the real folder, so portable arguments and variables use paths relative to it ("TMPDIR=tmp").
/// Paths of a client never appear here: inputs lie in `work`/in under names of ours, outputs are written below
/// `work`/out, scratch below `work`/tmp.
struct Program {
  fs::path executable;                   ///< absolute
  std::vector<std::string> arguments;    ///< without argv[0]; relative paths are seen from `work`
  std::vector<std::string> environment;  ///< "NAME=value"; nothing is inherited; {work} is the work folder's path
  fs::path work;                         ///< absolute; holds in/ (read only in the jail), out/ and tmp/ (writable)
  std::vector<fs::path> readable;        ///< more folders the program may read, such as an install path outside /usr
  Limits limits;
  std::function<void(std::string_view)> on_line;  ///< each line of standard output, on the calling thread; may be empty
  /// What of a line of standard error is an error to be reported, on the calling thread; nullopt: nothing. Empty: all
  /// is.
  std::function<std::optional<std::string>(std::string_view)> keep_error = {};
  std::string input_file;      ///< below `work`, becomes standard input; empty: nothing to read
  std::string output_file;     ///< below `work`/out or `work`/tmp, gets standard output; empty: it is captured
  bool join_output = false;    ///< standard error goes where standard output is captured, in the order of writing
  bool local_sockets = false;  ///< may use AF_UNIX and netlink sockets (a browser); pairs of sockets it always may
};

/// Starts programs in a jail, through the program recast-jail. Safe to use from many threads at once.
class Runner {
 public:
  struct Settings {
    fs::path jail_program;  ///< absolute path of recast-jail
    JailLevel level = JailLevel::full;
    unsigned first_uid = 0;  ///< as root: each running program has a uid of its own from here on; 0: keep the uid
    unsigned uid_count = 256;
  };
  static Result<std::unique_ptr<Runner>> open(Settings settings);
  virtual ~Runner() = default;

  /// Creates out/ and tmp/ if they are missing; as root with uids of its own it gives them to the program's uid and
  /// makes in/ readable for everybody, so the folders above must keep strangers out. Afterwards out/ holds nothing but
  /// files and folders: links, pipes and sockets have been removed. Runs to the end, or to the deadline, a stop request
  /// or a limit; then the whole process group is dead. An Error means that the program could not be started at all
  /// (missing, jail refused); a program that failed is a report. A stop request ends the program within a second.
  virtual Result<ExitReport> run(const Program& program, Deadline deadline, std::stop_token stop) = 0;
};

/// The strictest level this machine can give now, found by really starting a jailed `true`; `reason` says what is
/// missing for a stricter one ("user namespaces are disabled: …"), empty if nothing is.
struct Capability {
  JailLevel level = JailLevel::none;
  std::string reason;
};
Capability probe(const fs::path& jail_program);

}  // namespace recast::process
