#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "schema/field.hpp"

namespace recast::engine {

/// One pair an engine converts. `rank` orders engines of one pair: the smallest is the default (processing.md 3.3).
struct Conversion {
  std::string_view from;
  std::string_view to;
  int rank = 50;
};

/// How to learn whether an engine is installed and which version it is, by running a program (jailed, like all others)
/// or by asking a resident worker.
struct Detection {
  std::vector<std::string> programs;         ///< all must exist in the installation or on the PATH; paths allowed
  std::vector<std::string> version_command;  ///< program and arguments; empty: the worker says it when it is ready
  std::string version_pattern;               ///< ECMAScript regular expression; its first group is the version
};

/// A resident worker program that an engine needs; started once per installation. `recast-worker-<program>`.
struct ResidentWorker {
  std::string name;                    ///< how steps call it
  std::string program;                 ///< file name beside recastd, such as "recast-worker-office"
  std::vector<std::string> arguments;  ///< such as "--install={install}"; {install} is replaced
  unsigned spares = 1;
};

/// A small file of ours that is converted to see that an engine works ("healthy").
struct Probe {
  std::string from;
  std::string to;
  std::string content;  ///< bytes of the input file
  json::object options;
};

struct Info {
  std::string name;
  std::vector<std::string> aliases;  ///< other engine names it answers to, such as "office" for libreoffice
  std::string summary;
  std::string group;  ///< default catalogue group: document, image, video, audio, …
  std::vector<Conversion> conversions;
  std::vector<schema::FieldInfo> options;
  Detection detection;
  std::vector<ResidentWorker> workers;
  Probe probe;
};

/// The product that does a conversion. Pure: describes itself and plans; starts nothing, reads nothing.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual Info info() const = 0;
  /// invalid_data with the option's name if an option is wrong; invalid_conversion_type for a pair it does not have.
  virtual Result<Plan> plan(const Request& request) const = 0;
};

}  // namespace recast::engine
