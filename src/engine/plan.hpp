#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/limits.hpp"
#include "base/result.hpp"

namespace recast::engine {

namespace json = boost::json;

/// What an engine learns of a task: format names and options, and where the inputs will lie. No client's file name.
struct Request {
  std::vector<std::string> inputs;  ///< seen from the step's working folder, such as "in/in-1.docx"
  std::string from;                 ///< canonical format name of the inputs, such as "docx"
  std::string to;
  json::object options;  ///< the task's payload as it came, less what another leg of its route takes
  std::string engine;    ///< the name the client used, for engines with aliases ("office")
  std::string install;   ///< path of the chosen installation (program folder or prefix); empty: the system's own
  std::string operation = "convert";
  /// The first bytes of the first input, at most format::kFirstBytes; empty when a plan is only checked. For what makes
  /// a plan quicker, never for what it may do.
  std::string head = {};
};

/// How one step ended, for an engine to explain. For a worker's own error `errors` is its message. `exit_code` and
/// `signal` as wait(2) has them.
struct StepEnd {
  int exit_code = 0;
  int signal = 0;
  std::string_view output;  ///< standard output, at most 1 MiB
  std::string_view errors;  ///< the end of standard error
};

/// A program from the machine, run once in a jail with the working folder as its current folder. Inputs are below in/
/// (read only), outputs go below out/, scratch below tmp/.
struct ProgramStep {
  std::string program;  ///< name in the installation or on the system's PATH, such as "pdftoppm"
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< "NAME=value"
  Limits limits;
  /// Percent (0-100) of this step that a line of standard output tells of; nullopt if it tells nothing.
  std::function<std::optional<int>(std::string_view line)> progress;
  /// For programs that tell more on standard error than what is wrong: what of a line is an error, for StepEnd::errors.
  /// nullopt: the line is none. Empty: all of it is. Not together with join_output.
  std::function<std::optional<std::string>(std::string_view line)> keep_error;
  /// Asked once it has run: how long its first input lasts, in seconds, as far as its lines told.
  std::function<std::optional<double>()> input_seconds;
  /// Exit statuses besides 0 that are a success.
  std::vector<int> accepted;
  /// For programs that know only standard input and output: files below in/ and out/ or tmp/, seen from the working
  /// folder. What goes to a file is not captured.
  std::string input_file;
  std::string output_file;
  /// What it says on both streams is its output, in the order of writing; not together with output_file.
  bool join_output = false;
};

/// One job for a resident worker.
struct WorkerStep {
  std::string worker;                ///< name of the resident worker, such as "office"
  json::object request;              ///< what its `convert` gets
  std::vector<std::string> inputs;   ///< files, seen from the working folder
  std::vector<std::string> outputs;  ///< files it will fill, such as "out/out.pdf"
  bool sequence = false;    ///< the first output is a sequence of files, to be split into out/out-1.<to>, -2, …
  bool named = false;       ///< of a sequence: each file brings its name; Executed::names has them
  bool stream = false;      ///< the inputs come through one pipe, as a named sequence, however many they are
  bool tell_names = false;  ///< the request gets a member `names`: what the client calls the inputs
  /// May load from the web, by the outbound policy: the last input is a socket (process/wire.hpp) over which the worker
  /// sends the listening socket that its library takes for an HTTP proxy.
  bool outbound = false;
  Limits limits;
};

struct Step {
  std::variant<ProgramStep, WorkerStep> action;
  int weight = 1;  ///< share of the task's percent this step is, relative to the others
};

/// What to do, decided without doing anything.
struct Plan {
  std::vector<Step> steps;
  /// Patterns (one * each at most) of the files below the working folder that are the result, such as "out/page-*.png".
  /// Matches are put in natural order (page-2 before page-10). "out/**" is every file below out/, in the order of their
  /// paths. No match at all is conversion_failed, unless it `may_be_empty`.
  std::vector<std::string> outputs;
  bool may_be_empty = false;
  /// Small files of the engine's own making, such as one of arguments: name below in/ and content. Written before the
  /// first step.
  std::map<std::string, std::string> files;
  /// Turns a failed step into the task's error; empty: conversion_failed with the shortened standard error.
  std::function<Error(const StepEnd&)> explain;
  /// For programs that say they succeeded when they did not: what is wrong after all with a step that ended well.
  /// Empty: the exit status is believed.
  std::function<std::optional<Error>(const StepEnd&)> doubt;
};

}  // namespace recast::engine
