#pragma once

namespace recast::engines::archivetool {

/// libarchive gathers what it writes of some formats (7z, ISO images) in a temporary file of mkstemp(). In a worker's
/// child that would be in its private /tmp, which is memory. From now on the next mkstemp() of this process gives a
/// duplicate of `fd` instead, a file on the disk; -1: none.
void use_temporary_file(int fd);

}  // namespace recast::engines::archivetool
