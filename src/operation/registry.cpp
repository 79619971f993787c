#include "operation/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recast::operation {

Result<> Registry::add(Operation operation) {
  const auto [at, added] = operations_.try_emplace(operation.name, std::move(operation));
  if (!added) return fail(ErrorCode::invalid_data, fmt::format("two operations are called {}", at->first), "operation");
  return {};
}

const Operation* Registry::find(std::string_view name) const {
  const auto found = operations_.find(name);
  return found == operations_.end() ? nullptr : &found->second;
}

void Registry::hide_secrets_of(const std::vector<const engine::Engine*>& engines) {
  for (const auto* const engine : engines) {
    for (const auto& ability : engine->info().abilities) {
      const auto found = operations_.find(ability.operation);
      if (found == operations_.end()) continue;
      auto& hidden = found->second.hidden;
      for (const auto& option : ability.options) {
        if (option.secret && std::ranges::find(hidden, option.name) == hidden.end()) hidden.push_back(option.name);
      }
    }
  }
}

Load Registry::load_of(std::string_view name) const {
  const auto* const operation = find(name);
  return operation == nullptr ? Load::light : operation->load;
}

}  // namespace recast::operation
