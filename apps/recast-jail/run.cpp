#include "run.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>

#include "base/unique_handle.hpp"
#include "jail/descendants.hpp"
#include "jail/landlock.hpp"
#include "jail/namespaces.hpp"
#include "jail/privileges.hpp"
#include "jail/seccomp.hpp"
#include "supervise.hpp"
#include "work.hpp"

namespace recast::jail_program {

namespace {
using Steady = std::chrono::steady_clock;
constexpr int kNotStarted = 125;

int refuse(const Options& options, const Error& error) {
  std::string text = error.message;
  for (auto& c : text) {
    if (c == '\n') c = ' ';
  }
  report(options, fmt::format("error {} {}\n", code_name(error.code), text));
  if (options.report < 0) fmt::print(stderr, "recast-jail: {}\n", text);
  return kNotStarted;
}

Result<jail::CallFilter> make_filter(const Options& options) {
  const bool own_uid = ::geteuid() == 0 && options.uid.has_value();
  const bool apart = options.level == jail::Level::full || own_uid || jail::landlock_version() >= 6;
  return jail::CallFilter::make(
      {.kind = jail::CallRules::Kind::program, .local_sockets = options.local_sockets, .signals = apart});
}

// The first process of the PID namespace. `life` reaches its end when the outer process has ended.
Result<Outcome> run_first(const Options& options, bool change_uid, int life, Steady::time_point started) {
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  pollfd outer{life, 0, 0};
  if (::poll(&outer, 1, 0) > 0) return fail(ErrorCode::internal, "recast-jail was ended");
  RECAST_CHECK(jail::enter_root(private_root(options)));
  RECAST_TRY(const auto filter, make_filter(options));
  RECAST_CHECK(jail::drop_privileges(change_uid ? options.uid : std::nullopt));
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  // The program has the same uid: keep it from this process's memory and descriptors.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return supervise(options, &filter, true, started);
}

// Waits for the first process. SIGTERM ends it; its namespace then holds nobody any more.
int wait_outside(pid_t first) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigaddset(&set, SIGTERM);
  for (;;) {
    int status = 0;
    if (::waitpid(first, &status, WNOHANG) == first) return WIFEXITED(status) ? WEXITSTATUS(status) : kNotStarted;
    siginfo_t info{};
    if (::sigwaitinfo(&set, &info) == SIGTERM) ::kill(first, SIGKILL);
  }
}

Result<int> run_full(const Options& options, Steady::time_point started) {
  const bool root = ::geteuid() == 0;
  RECAST_TRY(const auto namespaces, jail::enter_namespaces());
  std::array<int, 2> life{};
  if (::pipe2(life.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  UniqueFd reading(life[0]);
  UniqueFd writing(life[1]);
  const auto first = ::fork();
  if (first < 0) return std::unexpected(from_errno(errno, "fork"));
  if (first == 0) {
    writing.reset();
    const auto outcome = run_first(options, root && options.uid && !namespaces.own_user, reading.get(), started);
    std::_Exit(outcome ? outcome->status() : refuse(options, outcome.error()));
  }
  return wait_outside(first);
}

Result<int> run_here(const Options& options, Steady::time_point started) {
  jail::adopt_orphans();
  std::unique_ptr<jail::CallFilter> filter;
  if (options.level == jail::Level::landlock) {
    if (jail::landlock_version() == 0) return fail(ErrorCode::unavailable, "Landlock is not enabled in this kernel");
    RECAST_TRY(auto made, make_filter(options));
    filter = std::make_unique<jail::CallFilter>(std::move(made));
  }
  RECAST_TRY(const auto outcome, supervise(options, filter.get(), false, started));
  return outcome.status();
}

Result<int> start(const Options& options, Steady::time_point started) {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigaddset(&set, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  // Without a PID namespace there is cleaning up to do; with one the kernel does it.
  RECAST_CHECK(jail::die_with_parent(options.level == jail::Level::full ? SIGKILL : SIGTERM));
  if (options.parent != 0 && ::getppid() != options.parent) return fail(ErrorCode::internal, "the server is gone");
  RECAST_CHECK(hand_over_work(options));
  return options.level == jail::Level::full ? run_full(options, started) : run_here(options, started);
}
}  // namespace

int run(const Options& options) {
  const auto started = Steady::now();
  if (options.report >= 0) ::fcntl(options.report, F_SETFD, FD_CLOEXEC);
  const auto status = start(options, started);
  return status ? *status : refuse(options, status.error());
}

}  // namespace recast::jail_program
