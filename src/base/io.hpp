#pragma once

#include <string_view>

namespace recast {

/// Writes all of it, in as many calls as that takes. 0, or the errno of the call that failed.
int write_all(int fd, std::string_view bytes);

}  // namespace recast
