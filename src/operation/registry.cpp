#include "operation/registry.hpp"

#include <fmt/format.h>

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

Load Registry::load_of(std::string_view name) const {
  const auto* const operation = find(name);
  return operation == nullptr ? Load::light : operation->load;
}

}  // namespace recast::operation
