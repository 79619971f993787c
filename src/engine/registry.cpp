#include "engine/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recast::engine {

Result<> Registry::add(std::unique_ptr<Engine> engine) {
  const auto& info = engine->info();
  std::vector<std::string> names = info.aliases;
  names.push_back(info.name);
  for (const auto& name : names) {
    if (by_name_.contains(name)) {
      return fail(ErrorCode::invalid_data, fmt::format("two engines are called {}", name), "engine");
    }
  }
  for (const auto& worker : info.workers) {
    const auto same = [&](const Engine* other) {
      return std::ranges::find(other->info().workers, worker.name, &ResidentWorker::name) !=
             other->info().workers.end();
    };
    if (std::ranges::any_of(all(), same))
      return fail(ErrorCode::invalid_data, fmt::format("two workers are called {}", worker.name), "worker");
  }
  for (auto& name : names) by_name_.emplace(std::move(name), engine.get());
  engines_.push_back(std::move(engine));
  return {};
}

const Engine* Registry::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::vector<const Engine*> Registry::all() const {
  std::vector<const Engine*> result;
  for (const auto& engine : engines_) result.push_back(engine.get());
  return result;
}

}  // namespace recast::engine
