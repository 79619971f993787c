#include "process/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace recast::process {

namespace {
struct Actions {
  posix_spawn_file_actions_t value{};
  Actions() { ::posix_spawn_file_actions_init(&value); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&value); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
};

struct Attributes {
  posix_spawnattr_t value{};
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const auto& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

void set_up(const Attributes& attributes) {
  auto* const value = const_cast<posix_spawnattr_t*>(&attributes.value);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(value, &none);
  ::posix_spawnattr_setsigdefault(value, &all);
  ::posix_spawnattr_setpgroup(value, 0);
  ::posix_spawnattr_setflags(value, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}
}  // namespace

Result<Pipe> Pipe::make() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  Pipe pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
  if (::fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0) return std::unexpected(from_errno(errno, "pipe"));
  return pipe;
}

Result<Child> Child::start(const Spawn& spawn) {
  // Copies far above the targets: a descriptor must not be overwritten before its turn, and dup2 onto itself would
  // leave it closed on exec.
  std::vector<UniqueFd> copies;
  for (const int fd : spawn.descriptors) {
    copies.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 64));
    if (!copies.back()) return std::unexpected(from_errno(errno, "descriptor"));
  }
  Actions actions;
  ::posix_spawn_file_actions_addopen(&actions.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  int target = STDOUT_FILENO;
  for (const auto& copy : copies) ::posix_spawn_file_actions_adddup2(&actions.value, copy.get(), target++);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, target);
  const Attributes attributes;
  set_up(attributes);
  const auto arguments = pointers(spawn.arguments);
  const auto environment = pointers(spawn.environment);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, spawn.executable.c_str(), &actions.value, &attributes.value, arguments.data(),
                                  environment.data());
  if (error != 0) return std::unexpected(from_errno(error, spawn.executable));
  Child child(pid, UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
  if (!child.handle_) return std::unexpected(from_errno(errno, "pidfd_open"));
  return child;
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), handle_(std::move(other.handle_)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, 0);
    handle_ = std::move(other.handle_);
  }
  return *this;
}

Child::~Child() { end(); }

void Child::end() {
  if (pid_ == 0) return;
  kill_group();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
}

void Child::signal(int number) const {
  if (pid_ != 0) ::kill(pid_, number);
}

void Child::kill_group() const {
  if (pid_ != 0) ::kill(-pid_, SIGKILL);
}

std::optional<Child::End> Child::reap() {
  struct rusage usage {};
  End end;
  if (pid_ == 0 || ::wait4(pid_, &end.status, WNOHANG, &usage) != pid_) return std::nullopt;
  ::kill(-pid_, SIGKILL);  // the id stays taken as long as the group has members
  pid_ = 0;
  const auto micros = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  end.cpu = micros(usage.ru_utime) + micros(usage.ru_stime);
  end.max_rss = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  return end;
}

}  // namespace recast::process
