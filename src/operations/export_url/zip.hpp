#pragma once

#include "operation/operation.hpp"

namespace recast::operations {

/// Writes one ZIP of `files` at `to`: streamed, ZIP64 where needed, names in UTF-8, what is compressed already is
/// stored. Its size. cancelled, timeout or disk_full besides faults of the disk.
Result<std::uint64_t> write_zip(operation::TaskContext& context, const operation::Files& files,
                                const std::filesystem::path& to);

}  // namespace recast::operations
