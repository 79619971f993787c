#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "operation/operation.hpp"
#include "process/workers.hpp"

namespace recast::execution {

/// How many pages each file has, for a task's report; nullopt for formats that have none, and where nobody can tell.
/// The jailed worker "inspect" counts; it is not asked when no file looks like one with pages.
std::vector<std::optional<std::int64_t>> count_pages(process::Workers& workers, const operation::Files& files,
                                                     const std::stop_token& stop);

}  // namespace recast::execution
