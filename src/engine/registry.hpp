#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"

namespace recast::engine {

/// Every engine this build knows, by name. Filled at start, read-only afterwards.
class Registry {
 public:
  /// invalid_data if the name or an alias is taken.
  Result<> add(std::unique_ptr<Engine> engine);
  /// By name or alias; nullptr if unknown.
  const Engine* find(std::string_view name) const;
  std::vector<const Engine*> all() const;

 private:
  std::vector<std::unique_ptr<Engine>> engines_;
  std::map<std::string, const Engine*, std::less<>> by_name_;
};

}  // namespace recast::engine

namespace recast::engines {
/// Generated: calls register_<folder>() of every folder in src/engines.
Result<> register_all(engine::Registry& registry);
}  // namespace recast::engines
