#pragma once

#include <memory>
#include <qpdf/InputSource.hh>

namespace recast::engines::qpdf {

/// A file in memory, without a copy: libqpdf looks at every object from many sides, and each look would be a system
/// call, which a jail makes dear. `fd` stays the caller's, and nobody may shorten the file. Null if it cannot be
/// mapped, as what is empty cannot. Not to be used by two threads.
std::shared_ptr<InputSource> map_input(int fd);

}  // namespace recast::engines::qpdf
