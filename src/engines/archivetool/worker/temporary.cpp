#include "engines/archivetool/worker/temporary.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace recast::engines::archivetool {

namespace {
int g_file = -1;
}

void use_temporary_file(int fd) {
  g_file = fd;
  // It tries O_TMPFILE in $TMPDIR first and asks mkstemp() only where that fails.
  ::setenv("TMPDIR", "/nowhere", 1);
}

}  // namespace recast::engines::archivetool

// Takes the place of the C library's for every library in this program. Whoever calls it unlinks the name at once, and
// there is none.
extern "C" int mkstemp(char* name) {
  using recast::engines::archivetool::g_file;
  if (const int file = std::exchange(g_file, -1); file >= 0) return ::fcntl(file, F_DUPFD_CLOEXEC, 0);
  return ::mkostemp(name, O_CLOEXEC);
}
