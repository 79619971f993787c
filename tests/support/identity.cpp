#include "identity.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace recast::test {

namespace {

constexpr unsigned kFirst = 20'000, kBlocks = 40;  // below 65,536: containers seldom have more

/// The lock goes with the process.
unsigned take_block() {
  const auto folder = std::filesystem::temp_directory_path() / "recast-test-uids";
  std::filesystem::create_directories(folder);
  for (unsigned block = 0; block < kBlocks; ++block) {
    const auto file = folder / std::to_string(block);
    const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) == 0) return kFirst + block * kOwnUids;
    if (lock >= 0) ::close(lock);
  }
  throw std::runtime_error("no free user ids for tests");
}

}  // namespace

unsigned first_uid() {
  if (::geteuid() != 0) return 0;
  static const unsigned first = take_block();
  return first;
}

std::filesystem::path without_root(const TemporaryFolder& folder, const std::filesystem::path& program) {
  if (::geteuid() != 0) return program;
  const auto uid = std::to_string(first_uid() + kOwnUids - 1);
  auto script = folder.write("without-root", "#!/bin/sh\nexec /usr/bin/setpriv --reuid=" + uid + " --regid=" + uid +
                                                 " --clear-groups " + program.string() + " \"$@\"\n");
  ::chmod(script.c_str(), 0755);
  return script;
}

}  // namespace recast::test
