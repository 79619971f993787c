#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "../../tests/support/temporary_folder.hpp"
#include "base/unique_handle.hpp"
#include "jail/descendants.hpp"
#include "jail/landlock.hpp"
#include "jail/level.hpp"
#include "jail/namespaces.hpp"
#include "jail/privileges.hpp"
#include "jail/root.hpp"
#include "jail/seccomp.hpp"

namespace recast::jail {
namespace {

/// Runs `check` in a child of its own, for what cannot be undone; its result is the child's status, 0 to 99.
int in_child(const std::function<int()>& check) {
  const auto child = ::fork();
  if (child == 0) ::_exit(check());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int error_of(long result) { return result < 0 ? errno : 0; }

int with_filter(const CallRules& rules, const std::function<int()>& check) {
  return in_child([&] {
    const auto filter = CallFilter::make(rules);
    if (!filter || !drop_privileges(std::nullopt) || !filter->load()) return 99;
    return check();
  });
}

TEST(Level, IsReadBackFromItsName) {
  for (const auto level : {Level::full, Level::landlock, Level::none}) EXPECT_EQ(parse_level(level_name(level)), level);
  EXPECT_FALSE(parse_level("half"));
}

TEST(CallFilter, RefusesTheNetworkToAll) {
  using Kind = CallRules::Kind;
  for (const auto kind : {Kind::codec, Kind::library, Kind::program}) {
    for (const int family : {AF_INET, AF_INET6, AF_PACKET}) {
      EXPECT_EQ(with_filter({.kind = kind}, [=] { return error_of(::socket(family, SOCK_STREAM, 0)); }), EPERM);
      EXPECT_EQ(with_filter({.kind = kind, .local_sockets = true},
                            [=] { return error_of(::socket(family, SOCK_STREAM, 0)); }),
                EPERM);
    }
  }
}

TEST(CallFilter, IsNotFooledByTheUpperHalfOfAnArgument) {
  const auto family = 0x100000000L + AF_INET;
  EXPECT_EQ(
      with_filter({.local_sockets = true}, [=] { return error_of(::syscall(SYS_socket, family, SOCK_STREAM, 0)); }),
      EPERM);
}

TEST(CallFilter, RefusesNamespacesHoweverTheyAreAskedFor) {
  EXPECT_EQ(with_filter({}, [] { return error_of(::unshare(CLONE_NEWUSER)); }), EPERM);
  EXPECT_EQ(with_filter({}, [] { return error_of(::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)); }), EPERM);
  EXPECT_EQ(with_filter({}, [] { return error_of(::syscall(SYS_clone3, nullptr, 0)); }), ENOSYS);
}

TEST(CallFilter, LetsOnlyProgramsHaveChildren) {
  const auto fork = [] {
    const auto child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) ::_exit(0);
    return error_of(child);
  };
  EXPECT_EQ(with_filter({.kind = CallRules::Kind::program}, fork), 0);
  EXPECT_EQ(with_filter({.kind = CallRules::Kind::library}, fork), EPERM);
  EXPECT_EQ(with_filter({.kind = CallRules::Kind::codec}, fork), EPERM);
}

TEST(CallFilter, KeepsSignalsInsideWhereNothingElseDoes) {
  const auto server = ::getpid();
  EXPECT_EQ(with_filter({.signals = false}, [=] { return error_of(::kill(server, 0)); }), EPERM);
  EXPECT_EQ(with_filter({.signals = true}, [=] { return error_of(::kill(server, 0)); }), 0);
}

TEST(CallFilter, LetsNobodyLowerTheServersLimits) {
  const auto server = ::getpid();
  EXPECT_EQ(with_filter({},
                        [=] {
                          rlimit limit{};
                          return error_of(::prlimit(server, RLIMIT_NOFILE, nullptr, &limit));
                        }),
            EPERM);
}

TEST(Landlock, ShowsOnlyWhatItWasTold) {
  if (landlock_version() == 0) GTEST_SKIP() << "not in this kernel";
  const test::TemporaryFolder temp;
  temp.write("read/a", "x");
  temp.write("write/a", "x");
  temp.write("hidden/a", "x");
  const auto opens = [&](const char* name, int flags) {
    return in_child([&] {
      const std::vector<FileRule> rules{{temp / "read", FileRule::Access::read},
                                        {temp / "write", FileRule::Access::write},
                                        {"/no/such/folder", FileRule::Access::read}};
      if (!drop_privileges(std::nullopt) || !restrict_files(rules)) return 99;
      return error_of(::open((temp / name).c_str(), flags, 0600));
    });
  };
  EXPECT_EQ(opens("read/a", O_RDONLY), 0);
  EXPECT_EQ(opens("read/a", O_WRONLY), EACCES);
  EXPECT_EQ(opens("read/a", O_RDONLY | O_TRUNC), EACCES);
  EXPECT_EQ(opens("write/a", O_RDWR | O_TRUNC), 0);
  EXPECT_EQ(opens("write/new", O_WRONLY | O_CREAT), 0);
  EXPECT_EQ(opens("hidden/a", O_RDONLY), EACCES);
}

TEST(Privileges, AreGoneForGood) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(in_child([] {
              if (!drop_privileges(61'999)) return 99;
              if (::getuid() != 61'999 || ::getgid() != 61'999 || ::getgroups(0, nullptr) != 0) return 98;
              return error_of(::setuid(0));
            }),
            EPERM);
  EXPECT_EQ(in_child([] {
              if (!drop_privileges(std::nullopt) || can_administer()) return 99;
              return error_of(::chroot("/"));
            }),
            EPERM);
}

TEST(Limits, ApplyAndCannotBeRaised) {
  const auto limited = [](const std::function<int()>& check) {
    return in_child([&] {
      if (!apply_limits({.output = 1000, .descriptors = 20}, {.memory = 1ULL << 50}) || !drop_privileges(std::nullopt))
        return 99;
      return check();
    });
  };
  EXPECT_EQ(limited([] {
              rlimit core{};
              ::getrlimit(RLIMIT_CORE, &core);
              return static_cast<int>(core.rlim_max);
            }),
            0);
  EXPECT_EQ(limited([] { return error_of(::fcntl(0, F_DUPFD, 20)); }), EINVAL);
  EXPECT_EQ(limited([] {
              const rlimit more{2000, 2000};
              return error_of(::setrlimit(RLIMIT_FSIZE, &more));
            }),
            EPERM);
}

TEST(PrivateRoot, HoldsTheListedPiecesOnly) {
  const test::TemporaryFolder temp;
  temp.write("in/a", "x");
  fs::create_directory(temp / "out");
  const auto inside = [&](const std::function<int()>& check) {
    return in_child([&] {
      if (!enter_namespaces()) return 99;
      Root root{.mount_point = temp.path(), .binds = system_binds(), .folders = {"/empty"}};
      root.binds.push_back({temp / "in", "/job/in", Bind::Mode::read_only});
      root.binds.push_back({temp / "out", "/job/out", Bind::Mode::writable});
      root.binds.push_back({temp / "missing", "/job/missing", Bind::Mode::writable});
      root.scratch.push_back({.target = "/tmp", .bytes = 1 << 20});
      return enter_root(root) ? check() : 98;
    });
  };
  EXPECT_EQ(inside([] { return error_of(::open("/job/in/a", O_RDONLY)); }), 0);
  EXPECT_EQ(inside([] { return error_of(::open("/job/in/a", O_WRONLY)); }), EROFS);
  EXPECT_EQ(inside([] { return error_of(::open("/job/out/a", O_WRONLY | O_CREAT, 0600)); }), 0);
  EXPECT_EQ(inside([] { return error_of(::open("/new", O_WRONLY | O_CREAT, 0600)); }), EROFS);
  EXPECT_EQ(inside([] { return error_of(::open("/usr/new", O_WRONLY | O_CREAT, 0600)); }), EROFS);
  EXPECT_EQ(inside([] { return error_of(::open("/etc/passwd", O_RDONLY)); }), ENOENT);
  EXPECT_EQ(inside([] { return error_of(::access("/job/missing", F_OK)); }), ENOENT);
  EXPECT_EQ(inside([] { return error_of(::open("/tmp/a", O_WRONLY | O_CREAT, 0600)); }), 0);
  EXPECT_EQ(inside([] { return error_of(::open("/lib64/ld-linux-x86-64.so.2", O_RDONLY)); }), 0);
  EXPECT_EQ(inside([] { return error_of(::open("/dev/urandom", O_RDONLY)); }), 0);
}

TEST(Descendants, AreFoundEvenInSessionsOfTheirOwn) {
  const int result = in_child([] {
    adopt_orphans();
    int life[2];
    if (::pipe2(life, O_CLOEXEC) != 0) return 99;
    if (::fork() == 0) {
      ::setsid();
      for (int i = 0; i < 5; ++i) {
        if (::fork() == 0) ::setsid();
      }
      for (;;) ::pause();
    }
    ::close(life[1]);
    if (!kill_descendants({}, std::chrono::seconds(10))) return 1;
    char byte = 0;
    return ::read(life[0], &byte, 1) == 0 ? 0 : 2;  // all writing ends are closed
  });
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace recast::jail
