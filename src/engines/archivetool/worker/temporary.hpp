#pragma once

namespace recast::engines::archivetool {

/// libarchive gathers what it writes of some formats (7z, ISO images) in a temporary file. In a worker's child that
/// would be in its private /tmp, which is memory. From now on there is no $TMPDIR, and the next mkstemp() of this
/// process gives a duplicate of `fd`, a file on the disk.
void use_temporary_file(int fd);

}  // namespace recast::engines::archivetool
