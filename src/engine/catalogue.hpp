#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/registry.hpp"

namespace recast::engine {

/// One installed version of an engine, as detection found it.
struct Installation {
  const Engine* engine = nullptr;
  std::string version;  ///< what the installed program says, such as "22.12.0"
  std::string prefix;   ///< install path from the settings; empty: the system's own
  bool is_default = true;
  bool latest = true;
  bool deprecated = false;
  bool experimental = false;
  std::vector<std::string> workers;  ///< names under which its resident workers were started, in the order of Info
  std::vector<std::string> lacking;  ///< programs that some of its pairs need and that are not there
};

/// What a client asked for. Empty members mean "the default"; for formats, that the operation has none.
struct Wish {
  std::string from;
  std::string to;
  std::string engine;
  std::string version;  ///< exact, or "latest"
  std::string operation = "convert";
};

struct Choice {
  const Engine* engine = nullptr;
  const Installation* installation = nullptr;
  std::string reported_name;  ///< the alias the client used, or the engine's own name
};

/// One (operation, from, to, engine) row of the catalogue.
struct Pair {
  std::string operation;
  std::string from;
  std::string to;
  const Engine* engine = nullptr;
  std::string reported_name;
  bool is_default = false;  ///< of its pair; others are "alternatives"
};

/// What this machine can convert: engines that are installed, and their versions. Immutable once built; replaced as a
/// whole when detection runs again.
class Catalogue {
 public:
  explicit Catalogue(std::vector<Installation> installations);

  /// invalid_conversion_type if no engine has the pair; invalid_data on "engine" or "engine_version" for a name or
  /// version that is not installed.
  Result<Choice> choose(const Wish& wish) const;
  /// The same, with every other engine that could do it behind the one that is tried first. One alone if the client
  /// named an engine.
  Result<std::vector<Choice>> choices(const Wish& wish) const;
  /// Unknown engine or version names: invalid_data with that field. Empty ones are fine, and any version of an alias:
  /// it is one of the product the alias stands for, and choose() takes the default unless it is installed.
  Result<> check_names(std::string_view engine, std::string_view version) const;
  /// Every pair, by operation and formats, best engine first. Aliases appear as engines of their own.
  const std::vector<Pair>& pairs() const { return pairs_; }
  std::span<const Pair> pairs(std::string_view operation) const;
  std::span<const Pair> pairs(std::string_view operation, std::string_view from, std::string_view to) const;
  std::vector<const Installation*> installations(std::string_view engine) const;
  const std::vector<Installation>& installations() const { return installations_; }
  /// Formats that `from` can be converted to directly.
  std::vector<std::string> targets(std::string_view from) const;

 private:
  std::vector<Installation> installations_;
  std::vector<Pair> pairs_;
};

}  // namespace recast::engine
