#pragma once

#include <string_view>

#include "base/result.hpp"
#include "job/job.hpp"
#include "operation/operation.hpp"

namespace recast::execution {

/// Whether what a task made is within what its owner's quota allowed when it was created. file_too_large for a file of
/// an import, forbidden for a format: by its name, or because the file is surely something else than its name says.
/// Exports pass on what others made.
Result<> within_terms(std::string_view operation, const job::TaskTerms& terms, const operation::Files& made);

}  // namespace recast::execution
