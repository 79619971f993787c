#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/clock.hpp"
#include "base/unique_handle.hpp"
#include "jail/landlock.hpp"
#include "run.hpp"

namespace recast::jail_program {

namespace {
constexpr uid_t kNobody = 65534;
constexpr auto kPatience = std::chrono::seconds(10);

std::string read_to_end(int fd) {
  const auto deadline = Deadline::in(kPatience);
  std::string text;
  std::array<char, 1024> buffer{};
  for (pollfd poll{fd, POLLIN, 0}; ::poll(&poll, 1, static_cast<int>(deadline.left().count())) > 0;) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// Really runs a program at this level; empty if it ran, else what failed.
std::string try_level(jail::Level level, const std::filesystem::path& work) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return "no descriptors are left";
  UniqueFd reading(pipe[0]);
  UniqueFd writing(pipe[1]);
  const auto child = ::fork();
  if (child < 0) return "no process can be made";
  if (child == 0) {
    Options options{.level = level, .executable = "/usr/bin/true", .work = work, .report = writing.get()};
    if (::geteuid() == 0) options.uid = kNobody;
    std::_Exit(run(options));
  }
  writing.reset();
  const auto text = read_to_end(reading.get());
  ::kill(child, SIGTERM);
  ::waitpid(child, nullptr, 0);
  if (text.find("exit 0 0 ") != std::string::npos) return {};
  const auto at = text.find("error ");
  return at == std::string::npos ? "a program started in it did not end well"
                                 : text.substr(at + 6, text.find('\n', at) - at - 6);
}
}  // namespace

int probe() {
  auto name = (std::filesystem::temp_directory_path() / "recast-probe-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    fmt::print(stderr, "recast-jail: no temporary folder can be made\n");
    return 1;
  }
  std::string reason;
  auto found = jail::Level::none;
  for (const auto level : {jail::Level::full, jail::Level::landlock}) {
    const auto problem = try_level(level, name);
    if (problem.empty()) {
      found = level;
      break;
    }
    reason += fmt::format("{}{}: {}", reason.empty() ? "" : "; ", jail::level_name(level), problem);
  }
  std::error_code ignored;
  std::filesystem::remove_all(name, ignored);
  if (reason.empty() && jail::landlock_version() == 0)
    reason = "Landlock is not enabled in this kernel; the jail goes without it";
  fmt::print("level {}\nlandlock {}\n", jail::level_name(found), jail::landlock_version());
  if (!reason.empty()) fmt::print("reason {}\n", reason);
  return 0;
}

}  // namespace recast::jail_program
