#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "operation/operation.hpp"

namespace recast::operation {

/// Every operation this build knows. Filled at start, read-only afterwards.
class Registry {
 public:
  /// invalid_data if the name is taken. "import/azure-blob" style aliases are names of their own.
  Result<> add(Operation operation);
  const Operation* find(std::string_view name) const;  ///< nullptr if unknown
  /// Hides what engines mark as secret in the payloads of the operations they serve. Once, when all are known.
  void hide_secrets_of(const std::vector<const engine::Engine*>& engines);
  /// The load class of an operation; light for an unknown one, which fails at once.
  Load load_of(std::string_view name) const;
  const std::map<std::string, Operation, std::less<>>& all() const { return operations_; }

 private:
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace recast::operation

namespace recast::operations {
/// Generated: calls register_<folder>() of every folder in src/operations.
Result<> register_all(operation::Registry& registry);
}  // namespace recast::operations
