#include "jail/descendants.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
// Field 4 of /proc/PID/stat, behind the name in parentheses, which may hold anything.
pid_t parent_of(const std::filesystem::path& folder) {
  const UniqueFd fd(::open((folder / "stat").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 512> buffer{};
  const auto count = fd ? ::read(fd.get(), buffer.data(), buffer.size()) : -1;
  if (count <= 0) return 0;
  std::string_view text(buffer.data(), static_cast<std::size_t>(count));
  const auto end = text.rfind(") ");
  if (end == std::string_view::npos || end + 4 >= text.size()) return 0;
  text.remove_prefix(end + 4);
  pid_t parent = 0;
  std::from_chars(text.data(), text.data() + text.size(), parent);
  return parent;
}

std::vector<pid_t> children() {
  std::vector<pid_t> found;
  const auto self = ::getpid();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (bad == std::errc() && end == name.data() + name.size() && parent_of(entry.path()) == self) found.push_back(pid);
  }
  return found;
}
}  // namespace

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

bool kill_descendants(std::span<const pid_t> spare, std::chrono::milliseconds limit) {
  const auto deadline = Deadline::in(limit);
  for (;;) {
    bool left = false;
    for (const auto pid : children()) {
      if (std::ranges::find(spare, pid) != spare.end()) continue;
      left = true;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, WNOHANG);
    }
    if (!left) return true;
    if (deadline.expired()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace recast::jail
