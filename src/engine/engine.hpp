#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.hpp"
#include "engine/plan.hpp"
#include "schema/field.hpp"

namespace recast::engine {

/// One pair of formats an engine takes and gives. `rank` orders engines of one pair: the smallest is the default
/// (processing.md 3.3); 10 is a natural choice, 50 a middling one, 90 a last resort. An operation that has no such
/// thing leaves it empty: `metadata` has no `to`.
struct Conversion {
  std::string from;
  std::string to;
  int rank = 50;
  std::vector<std::string> needs;  ///< programs besides those the engine cannot do without; without them no such pair
};
/// Every source with every target but itself.
std::vector<Conversion> pairs(std::initializer_list<std::string_view> from, std::initializer_list<std::string_view> to,
                              int rank = 50, const std::vector<std::string>& needs = {});

/// What an engine does for one operation, with the options it has there. An engine whose options differ between its
/// pairs has several abilities for the operation.
struct Ability {
  std::string operation = "convert";
  std::vector<Conversion> conversions;
  std::vector<schema::FieldInfo> options;
  std::size_t most_inputs = 1;  ///< files that one plan takes
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
  std::string operation = "convert";
  std::string from;
  std::string to;
  std::string content;  ///< bytes of the input file
  json::object options;
};

struct Info {
  std::string name;
  std::vector<std::string> aliases;  ///< other engine names it answers to, such as "office" for libreoffice
  /// Aliases of other engines that mean this one wherever it is installed and has the pair: an operator installed it to
  /// that end.
  std::vector<std::string> takes_over;
  std::string summary;
  std::string group;  ///< default catalogue group: document, image, video, audio, …
  std::vector<Ability> abilities;
  Detection detection;
  std::vector<ResidentWorker> workers;
  Probe probe;
};

/// The product that does a conversion. Pure: describes itself and plans; starts nothing, reads nothing.
class Engine {
 public:
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Info& info() const { return info_; }
  /// What it says of a pair; nullptr if it does not do that.
  const Ability* ability(std::string_view operation, std::string_view from, std::string_view to) const;
  bool has_option(std::string_view operation, std::string_view from, std::string_view to, std::string_view name) const;

  /// invalid_data with the option's name if an option is wrong; invalid_conversion_type for a pair it does not have.
  Result<Plan> plan(const Request& request) const;

 protected:
  explicit Engine(Info info);

 private:
  /// Called for pairs it has, with at least one input unless the pair has no `from`.
  virtual Result<Plan> make_plan(const Request& request) const = 0;

  const Info info_;
  std::map<std::tuple<std::string, std::string, std::string>, const Ability*, std::less<>> pairs_;
};

}  // namespace recast::engine
