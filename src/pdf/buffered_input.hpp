#pragma once

#include <memory>
#include <qpdf/InputSource.hh>

namespace recast::pdf {

/// A file, read through a window of 64 KiB: libqpdf seeks and reads a little for every look at an object, and with its
/// own source each of these is a system call, which a jail makes dear. `fd` stays the caller's and has to stay open.
/// Its position is neither used nor changed. Not to be used by two threads.
std::shared_ptr<InputSource> buffered_input(int fd);

}  // namespace recast::pdf
