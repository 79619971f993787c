#include "supervise.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/unique_handle.hpp"
#include "jail/descendants.hpp"
#include "jail/landlock.hpp"
#include "jail/privileges.hpp"
#include "work.hpp"

namespace recast::jail_program {

namespace {
using Steady = std::chrono::steady_clock;

// Everything exec needs, made before the limits are lowered.
struct Call {
  std::vector<char*> arguments;
  explicit Call(const Options& options) {
    arguments.push_back(const_cast<char*>(options.executable.c_str()));
    for (const auto& argument : options.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
  }
};

/// Opened by the locked-in process itself, so that a link an earlier step left leads nowhere it could not go.
Result<> redirect(const std::string& file, int flags, int target) {
  if (file.empty()) return {};
  const UniqueFd opened(::open(file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!opened || ::dup2(opened.get(), target) < 0) return std::unexpected(from_errno(errno, file));
  return {};
}

Result<> lock_in(const Options& options, const jail::CallFilter* filter, bool first) {
  // The supervisor itself, and outside a user namespace of its own everybody else with this uid, count too.
  const bool shared_uid = options.level != jail::Level::full && !(::geteuid() == 0 && options.uid);
  jail::Allowance allowance{.processes = first ? 2U : shared_uid ? jail::processes_of(::getuid()) : 0U};
  if (const auto folder = working_folder(options); ::chdir(folder.c_str()) != 0) {
    return std::unexpected(from_errno(errno, folder.string()));
  }
  if (!first) {
    const bool change = ::geteuid() == 0 && options.uid;
    RECAST_CHECK(jail::drop_privileges(change ? options.uid : std::nullopt));
    RECAST_CHECK(jail::die_with_parent(SIGKILL));
    if (::getppid() == 1) return fail(ErrorCode::internal, "the supervisor is gone");
  }
  if (options.level == jail::Level::landlock || (options.level == jail::Level::full && jail::landlock_version() > 0)) {
    RECAST_CHECK(jail::restrict_files(file_rules(options)));
  }
  RECAST_CHECK(redirect(options.input, O_RDONLY, STDIN_FILENO));
  RECAST_CHECK(redirect(options.output, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO));
  if (filter != nullptr) RECAST_CHECK(filter->load());
  return jail::apply_limits(options.limits, allowance);
}

[[noreturn]] void run_child(const Options& options, const jail::CallFilter* filter, bool first, int errors) {
  const Call call(options);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (const auto locked = lock_in(options, filter, first); !locked) {
    const auto& text = locked.error().message;
    [[maybe_unused]] const auto written = ::write(errors, text.data(), text.size());
    ::_exit(125);
  }
  ::execve(call.arguments.front(), call.arguments.data(), environ);
  const int error = errno;
  // strerror may allocate, which the limits may forbid by now; the number is enough for the parent to name it.
  std::array<char, 16> text{'=', '\0'};
  const auto end = fmt::format_to_n(text.data() + 1, text.size() - 1, "{}", error);
  [[maybe_unused]] const auto written = ::write(errors, text.data(), 1 + end.size);
  ::_exit(125);
}

// Waits for the end of the pipe, which exec closes; what comes before is why there was no exec.
Result<> wait_for_exec(int pipe, const fs::path& executable) {
  std::string text;
  std::array<char, 1024> buffer{};
  for (;;) {
    const auto count = ::read(pipe, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  if (text.empty()) return {};
  if (text.front() == '=') return std::unexpected(from_errno(std::atoi(text.c_str() + 1), executable.string()));
  return fail(ErrorCode::internal, text);
}

void kill_rest(bool first) {
  if (first) {
    ::kill(-1, SIGKILL);  // all others of this PID namespace
    while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
    }
  } else {
    jail::kill_descendants({}, std::chrono::milliseconds(2000));
  }
}

// Reaps orphans, too, until the program itself has ended.
Outcome wait_for(pid_t program) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigaddset(&set, SIGTERM);
  for (;;) {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == program)
        return WIFSIGNALED(status) ? Outcome{.signal = WTERMSIG(status)} : Outcome{.code = WEXITSTATUS(status)};
    }
    siginfo_t info{};
    if (::sigwaitinfo(&set, &info) == SIGTERM) ::kill(program, SIGKILL);
  }
}

std::uint64_t micros(const timeval& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(time.tv_usec);
}
}  // namespace

void report(const Options& options, std::string_view line) {
  if (options.report < 0) return;
  [[maybe_unused]] const auto written = ::write(options.report, line.data(), line.size());
}

Result<Outcome> supervise(const Options& options, const jail::CallFilter* filter, bool first,
                          Steady::time_point started) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  UniqueFd errors(pipe[0]);
  UniqueFd writing(pipe[1]);
  const auto program = ::fork();
  if (program < 0) return std::unexpected(from_errno(errno, "fork"));
  if (program == 0) run_child(options, filter, first, writing.get());
  writing.reset();
  const auto executed = wait_for_exec(errors.get(), options.executable);
  const auto setup = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - started);
  if (executed) report(options, fmt::format("ready {}\n", setup.count()));
  const auto outcome = wait_for(program);
  kill_rest(first);
  if (!executed) return std::unexpected(executed.error());
  struct rusage usage {};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  report(options, fmt::format("exit {} {} {} {}\n", outcome.code, outcome.signal,
                              micros(usage.ru_utime) + micros(usage.ru_stime),
                              static_cast<std::uint64_t>(usage.ru_maxrss) * 1024));
  return outcome;
}

}  // namespace recast::jail_program
