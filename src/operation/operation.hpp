#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "engine/catalogue.hpp"
#include "schema/parse.hpp"

namespace recast::net {
class Client;
}

namespace recast::operation {

namespace fs = std::filesystem;
namespace json = boost::json;

/// What a task mostly uses. Each class has its own parallelism.
enum class Load {
  cpu,      ///< an engine works
  network,  ///< waits for others' servers
  light,    ///< a moment of our own
  none,     ///< never run: an upload, which a client's request completes
};

/// One file of a task, on the local disk. Inputs must not be changed.
struct File {
  std::string name;              ///< the client's name for it, one path component
  std::string dir;               ///< sub-folder in the task's output, or empty
  std::uint64_t size = 0;        ///< bytes
  fs::path path;                 ///< where it lies now
  std::string task{};            ///< of an input: the name in the job of the task it comes from, or that task's id
  std::string option = "input";  ///< of an input: the option that named that task
};
using Files = std::vector<File>;

/// What a finished task leaves.
struct Outcome {
  Files files;
  json::object extra;   ///< members of `result` besides files, such as metadata
  std::string message;  ///< shown on success, such as "File size reduced by 12%"
};

/// What an execution left.
struct Executed {
  std::vector<fs::path> files;     ///< in the order of the plan's patterns, below work()
  std::vector<std::string> names;  ///< of files that bring their names (an archive's): clean relative paths; else empty
  struct Step {
    json::object answer;  ///< what a worker said
    std::string output;   ///< standard output of a program, at most 1 MiB
  };
  std::vector<Step> steps;
  std::optional<double> input_seconds;  ///< how long the first input is, where the engine told
};

/// One engine plan to be executed on some inputs.
struct Execution {
  const engine::Plan* plan = nullptr;
  std::vector<fs::path> inputs;  ///< laid out as the request's `inputs` say: in/in-1.<from>, in/in-2.<from>, …
  std::vector<std::string> input_names;                ///< those names: "in/in-1.docx"
  std::vector<std::string> client_names;               ///< "folder/name" for workers that are told; may be empty
  const engine::Installation* installation = nullptr;  ///< of the engine that made the plan
  int percent_from = 0;                                ///< the part of the task's percent this execution is
  int percent_to = 100;
};

/// A running task's view of the world. Used by one thread.
class TaskContext {
 public:
  virtual ~TaskContext() = default;
  virtual const TaskId& id() const = 0;
  virtual const std::string& name() const = 0;  ///< its name in the job; the id for a standalone task
  virtual const std::string& operation() const = 0;
  /// From 1. With created(): for those who leave something with other servers, where an attempt whose server was
  /// killed could not clean up.
  virtual int attempt() const { return 1; }
  virtual Time created() const { return {}; }  ///< when the task was
  virtual const Files& inputs() const = 0;     ///< all files of the tasks in `input`, in order
  /// The files of the tasks that another option names, such as "subtitles".
  virtual Files inputs(std::string_view option) const = 0;
  virtual const fs::path& work() const = 0;  ///< its private folder; gone afterwards. Write outputs below it
  virtual std::stop_token stop() const = 0;  ///< cancelled, deleted, or the server is going down
  virtual Deadline deadline() const = 0;
  /// Bytes that a file may have which an import brings, where whoever asked for it has such a limit.
  virtual std::optional<std::uint64_t> largest_file() const { return std::nullopt; }
  /// For loops of an operation's own: cancelled or timeout when the task is to end now.
  Result<> go_on() const;
  /// 0 to 100; text may be empty. Cheap: stored and published at most about once a second.
  virtual void progress(int percent, std::string_view message = {}) = 0;
  /// What really ran, for the task's `engine` and `engine_version`.
  virtual void ran(std::string_view engine, std::string_view version) = 0;
  virtual std::pair<std::string, std::string> ran_by() const = 0;
  virtual const engine::Catalogue& catalogue() const = 0;
  /// Executes the plan's steps in jails.
  virtual Result<Executed> execute(const Execution& execution) = 0;
  /// What `include=report` will show of this task. execute() adds its steps and what workers have to report; an
  /// operation may add members of its own.
  virtual json::object& report() = 0;
  /// Members of the task's `result` besides files, that stay when it fails, too: what a program printed.
  virtual json::object& result() = 0;
  /// What the jailed libmagic calls the file: a MIME type such as "application/pdf"; empty if it cannot be asked.
  virtual std::string magic(const fs::path& file) = 0;
  /// Outbound HTTP under the policy.
  virtual net::Client& net() = 0;
  /// If `url` is one of this server's own signed download links and valid: the stored file it names, without the
  /// network.
  virtual Result<std::optional<File>> own_file(std::string_view url) = 0;
};

/// One row of `GET /v2/operations`.
struct Record {
  std::string from;  ///< may be empty
  std::string to;    ///< may be empty
  const engine::Engine* engine = nullptr;
  std::string engine_name;
  bool is_default = true;
  std::string through{};  ///< the format between, where no engine goes directly
};

/// What a client asks for. Made by define<Options>().
struct Operation {
  std::string name;  ///< "convert", "import/url"
  std::string summary;
  Load load = Load::cpu;
  bool needs_input = true;
  bool outbound = false;                ///< connects to others' servers; of Load::network all do
  std::vector<std::string> references;  ///< option names that hold names of further input tasks ("subtitles")
  std::vector<schema::FieldInfo> options;
  std::vector<std::string> hidden;  ///< payload members never rendered (core.md 7.8)
  /// Checked when the task is created; `field` of the Error is the option's name.
  std::function<Result<>(const json::object& payload, const engine::Catalogue&)> check;
  std::function<Result<Outcome>(TaskContext&, const json::object& payload)> run;  ///< empty for Load::none
  /// Its rows in the catalogue; empty for imports and exports.
  std::function<std::vector<Record>(const engine::Catalogue&)> records;
  /// The engine and version known at creation already (processing.md 2.7), or two empty strings.
  std::function<std::pair<std::string, std::string>(const json::object& payload, const engine::Catalogue&)> engine_of;
  /// Sums up what a payload's hidden members were, for rendering ("file": size only); may be empty.
};

/// Fills the functions of an Operation from an options struct with a field table:
///   define<Options>({.name = "import/url", .summary = "…", .load = Load::network, .needs_input = false}, &import_url)
/// `check_more` may look at parsed options once the table accepted them.
template <class Options>
Operation define(Operation base, Result<Outcome> (*run)(TaskContext&, const Options&),
                 Result<> (*check_more)(const Options&, const engine::Catalogue&) = nullptr) {
  base.options = schema::describe<Options>();
  for (const auto& option : base.options) {
    if (option.secret) base.hidden.push_back(option.name);
  }
  base.check = [check_more](const json::object& payload, const engine::Catalogue& catalogue) -> Result<> {
    RECAST_TRY(const auto options, schema::parse<Options>(payload));
    return check_more == nullptr ? Result<>{} : check_more(options, catalogue);
  };
  if (run != nullptr) {
    base.run = [run](TaskContext& context, const json::object& payload) -> Result<Outcome> {
      RECAST_TRY(const auto options, schema::parse<Options>(payload));
      return run(context, options);
    };
  }
  return base;
}

}  // namespace recast::operation
