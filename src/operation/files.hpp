#pragma once

#include <string_view>

#include "operation/operation.hpp"

namespace recast::operation {

/// Writes `content` into the task's folder as the file that a client calls `name` (cleaned here, with the
/// extension that its content suggests if it has none). disk_full if so.
Result<File> write_file(TaskContext& context, std::string_view name, std::string_view content);

/// Gives later files of the same folder and name a "-1", "-2" before the extension.
void make_unique(Files& files);

}  // namespace recast::operation
