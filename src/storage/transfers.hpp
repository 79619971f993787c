#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "operation/operation.hpp"
#include "storage/names.hpp"
#include "storage/object_store.hpp"

/// What every import from and export to a store does, whatever the store. import-export.md 2.
namespace recast::storage {

/// A store as one task means it.
struct Terms {
  std::string title;  ///< in messages: "S3"
  Choice choice;
  TransferSettings settings;
  std::vector<std::string> secrets;  ///< masked where a store repeats them
  /// Opens it. The connection outlives the store.
  std::function<Result<std::unique_ptr<ObjectStore>>(const Connection&)> open;
};

/// Brings one object, or all that were chosen, some at once. One that fails ends them all.
Result<operation::Outcome> import_objects(operation::TaskContext& context, const Terms& terms);
/// Sends every input, some at once; the result names what was written.
Result<operation::Outcome> export_objects(operation::TaskContext& context, const Terms& terms);

enum class Direction { fetching, saving };
/// An ObjectStore's error as the task's own, in the words of import-export.md 2.8.
Error told(Error error, Direction direction, const Terms& terms);

}  // namespace recast::storage
