#pragma once

#include "operation/operation.hpp"

namespace recast::operation {

/// Checks options that a task will be completed with, such as a preset's: what is there has to be right, what is
/// missing is no fault. invalid_data with the option's name as its field for
/// - a name that neither the operation nor any engine knows that could do it with these options, where they say which
///   engine and formats those are; the nearest name that is known is proposed,
/// - a value that the operation does not take, or none of the engines that know the option, in the words that a task
///   would be refused with,
/// - a format that nothing reads or writes, an engine or version that is not installed.
/// What the operation's own check finds only when all of its required options are there is left to the task. Plans, but
/// starts nothing.
Result<> check_partial(const Operation& operation, const json::object& options, const engine::Catalogue& catalogue);

}  // namespace recast::operation
