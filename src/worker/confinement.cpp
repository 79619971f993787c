#include "worker/confinement.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "jail/descendants.hpp"
#include "jail/namespaces.hpp"
#include "jail/root.hpp"
#include "process/wire.hpp"

namespace recast::worker {

namespace {
constexpr std::uint64_t kRootBytes = 256 << 20;  // the parent's private files: a profile, caches
constexpr std::uint64_t kSharedMemory = 64 << 20;

// Outside: waits for the parent proper and ends as it did.
[[noreturn]] void stay_outside(int control, pid_t parent) {
  process::send_message(control, fmt::format("pid {}", parent), {}, process::Patience::wait);
  ::close(control);
  int status = 0;
  while (::waitpid(parent, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

void set_environment(const fs::path& home, const fs::path& temporary) {
  // Documents can make engines expand variables, so there are none worth reading.
  ::clearenv();
  ::setenv("PATH", "/usr/bin:/bin", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("TMPDIR", temporary.c_str(), 1);
}

Result<> make_folder(const fs::path& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return std::unexpected(from_errno(errno, path.string()));
  return {};
}

jail::CallRules call_rules(const Profile& profile, bool apart, bool own_network) {
  using Kind = jail::CallRules::Kind;
  return {.kind = profile.programs ? Kind::program
                  : profile.codec  ? Kind::codec
                                   : Kind::library,
          .local_sockets = profile.local_sockets,
          .loopback = profile.loopback && own_network,
          .signals = apart};
}
}  // namespace

Confinement::Confinement(const Options& options, Profile profile)
    : level_(options.level),
      first_uid_(::geteuid() == 0 ? options.first_uid : 0),
      profile_(std::move(profile)),
      outer_scratch_(options.scratch) {}

Result<Confinement> Confinement::enter(const Options& options, Profile profile) {
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  if (options.server != 0 && ::getppid() != options.server) return fail(ErrorCode::unavailable, "the server is gone");
  Confinement self(options, std::move(profile));
  RECAST_CHECK(make_folder(options.scratch, 0711));
  if (options.level == jail::Level::full) {
    RECAST_CHECK(self.enter_private_root(options));
  } else {
    RECAST_CHECK(self.enter_folders());
  }
  set_environment(self.parent_scratch_, self.temporary_);
  const bool apart = self.level_ == jail::Level::full || self.first_uid_ != 0 || jail::landlock_version() >= 6;
  if (self.level_ != jail::Level::none) {
    RECAST_TRY(auto filter, jail::CallFilter::make(call_rules(self.profile_, apart, self.level_ == jail::Level::full)));
    self.filter_.emplace(std::move(filter));
  }
  RECAST_CHECK(jail::keep_parent_capabilities());
  return self;
}

Result<> Confinement::enter_private_root(const Options& options) {
  RECAST_TRY(const auto namespaces, jail::enter_namespaces());
  own_user_ = namespaces.own_user;
  if (own_user_) first_uid_ = 0;
  std::array<int, 2> life{};
  if (::pipe2(life.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  UniqueFd reading(life[0]);
  UniqueFd writing(life[1]);
  // The parent is the first process of a PID namespace: when it ends, the kernel ends all its children.
  const auto parent = ::fork();
  if (parent < 0) return std::unexpected(from_errno(errno, "fork"));
  if (parent > 0) stay_outside(options.control, parent);
  writing.reset();
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  pollfd outer{reading.get(), 0, 0};
  if (::poll(&outer, 1, 0) > 0) return fail(ErrorCode::unavailable, "the server is gone");
  proc_.reset(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  pid_namespace_.reset(::openat(proc_.get(), "self/ns/pid", O_RDONLY | O_CLOEXEC));
  if (!pid_namespace_) return std::unexpected(from_errno(errno, "PID namespace"));
  jail::Root root{.mount_point = outer_scratch_, .binds = jail::system_binds(), .bytes = kRootBytes, .writable = true};
  for (const auto& path : profile_.readable) root.binds.push_back({path, path, jail::Bind::Mode::read_only});
  // Only who can see a /proc may mount one in a user namespace; the child\'s own then hides this one.
  root.proc = profile_.proc;
  root.folders = {"/tmp", "/scratch", "/proc", "/dev/shm"};
  RECAST_CHECK(jail::enter_root(root));
  parent_scratch_ = "/scratch";
  temporary_ = "/tmp";
  return {};
}

Result<> Confinement::enter_folders() {
  if (level_ == jail::Level::landlock && jail::landlock_version() == 0) {
    return fail(ErrorCode::unavailable, "Landlock is not enabled in this kernel");
  }
  jail::adopt_orphans();
  proc_.reset(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!proc_) return std::unexpected(from_errno(errno, "/proc"));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(outer_scratch_, error)) fs::remove_all(entry.path(), error);
  parent_scratch_ = outer_scratch_ / "parent";
  temporary_ = outer_scratch_ / "tmp";
  RECAST_CHECK(make_folder(parent_scratch_, 0755));
  return make_folder(temporary_, 0700);
}

void Confinement::remember_folders() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(temporary_, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error)) folders_.push_back(entry.path());
  }
  allowance_.memory = jail::writable_memory(proc_.get());
}

pid_t Confinement::fork_child() const {
  if (!pid_namespace_) return ::fork();
  // Unshare before the fork, and back again after it, or the next unshare is EINVAL.
  if (::unshare(CLONE_NEWPID) != 0) return -1;
  const auto child = ::fork();
  if (child == 0) return 0;
  const int error = errno;
  if (::setns(pid_namespace_.get(), CLONE_NEWPID) != 0) ::_exit(1);  // no further child could be made
  errno = error;
  return child;
}

Result<> Confinement::prepare_scratch(const fs::path& folder, std::optional<uid_t> uid) const {
  if (level_ != jail::Level::full) {
    std::error_code error;
    fs::remove_all(folder, error);
    RECAST_CHECK(make_folder(folder, 0700));
    if (uid && ::chown(folder.c_str(), *uid, *uid) != 0) return std::unexpected(from_errno(errno, folder.string()));
    return {};
  }
  const auto owner = uid.value_or(::geteuid());
  RECAST_CHECK(jail::mount_scratch({.target = folder, .bytes = profile_.scratch_bytes, .owner = owner}));
  for (const auto& inner : folders_) {
    RECAST_CHECK(make_folder(inner, 0700));
    if (uid && ::chown(inner.c_str(), *uid, *uid) != 0) return std::unexpected(from_errno(errno, inner.string()));
  }
  if (profile_.programs) {
    RECAST_CHECK(jail::mount_scratch({.target = "/dev/shm", .bytes = kSharedMemory, .owner = owner}));
  }
  if (!profile_.proc) return {};
  const auto mounted = jail::mount_proc("/proc");
  // A kernel that gave the parent none, because its container hides parts of it, gives the child none either.
  return mounted || ::access("/proc/self", F_OK) != 0 ? Result<>() : mounted;
}

// The namespaces a child has beyond its parent's.
Result<> Confinement::isolate(std::optional<uid_t> uid) {
  const int network = profile_.local_sockets ? CLONE_NEWNET : 0;  // abstract sockets of a sibling
  if (::unshare(CLONE_NEWNS | CLONE_NEWIPC | network) != 0) return std::unexpected(from_errno(errno, "namespaces"));
  if (network != 0 && profile_.loopback) RECAST_CHECK(jail::raise_loopback());
  struct mount_attr attr {};
  attr.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(AT_FDCWD, "/", 0, &attr, sizeof attr) != 0)
    return std::unexpected(from_errno(errno, "read-only root"));
  RECAST_CHECK(prepare_scratch("/tmp", uid));
  // Its own count of processes where it shares the uid with its siblings and the server.
  return own_user_ ? jail::enter_user_namespace(proc_.get()) : Result<>();
}

Result<fs::path> Confinement::enter_child(unsigned slot) {
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  pid_namespace_.reset();
  const auto uid = first_uid_ != 0 ? std::optional<uid_t>(first_uid_ + slot) : std::nullopt;
  const auto scratch = level_ == jail::Level::full ? fs::path("/tmp") : outer_scratch_ / fmt::format("job-{}", slot);
  if (level_ == jail::Level::full) {
    RECAST_CHECK(isolate(uid));
    allowance_.cpu_kills_at_once = true;
    allowance_.processes = 1;
  } else {
    RECAST_CHECK(prepare_scratch(scratch, uid));
    allowance_.processes = uid ? 1 : jail::processes_of(::getuid());
  }
  proc_.reset();
  ::setenv("TMPDIR", scratch.c_str(), 1);
  ::setenv("HOME", scratch.c_str(), 1);
  ::umask(077);
  RECAST_CHECK(jail::drop_privileges(uid));
  RECAST_CHECK(jail::die_with_parent(SIGKILL));
  if (level_ != jail::Level::none && jail::landlock_version() > 0)
    RECAST_CHECK(jail::restrict_files(file_rules(scratch), profile_.loopback && level_ == jail::Level::full
                                                               ? jail::Connections::allowed
                                                               : jail::Connections::refused));
  if (profile_.programs) RECAST_CHECK(jail::apply_limits(profile_.ahead, allowance_));
  if (filter_) RECAST_CHECK(filter_->load());
  return scratch;
}

std::vector<jail::FileRule> Confinement::file_rules(const fs::path& scratch) const {
  using Access = jail::FileRule::Access;
  const bool full = level_ == jail::Level::full;
  const auto code = profile_.programs ? Access::run : Access::read;
  std::vector<jail::FileRule> rules;
  for (const auto& bind : jail::system_binds()) {
    const bool device = bind.mode == jail::Bind::Mode::device;
    const bool runs = bind.target == "/usr" || bind.target.string().starts_with("/lib");
    rules.push_back({bind.target, device ? Access::device : runs ? code : Access::read});
  }
  for (const auto& path : profile_.readable) rules.push_back({path, code});
  rules.push_back({parent_scratch_, Access::read});
  rules.push_back({scratch, profile_.local_sockets ? Access::write_local : Access::write});
  if (profile_.proc) rules.push_back({full ? "/proc" : "/proc/self", Access::read});
  if (profile_.programs && full) rules.push_back({"/dev/shm", Access::write});
  return rules;
}

Result<> Confinement::limit_child(const Limits& limits) const {
  auto allowance = allowance_;
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  allowance.cpu_seconds = static_cast<std::uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  return jail::apply_limits(limits, allowance);
}

void Confinement::clean_up(unsigned slot, const std::vector<pid_t>& alive) const {
  if (level_ == jail::Level::full) return;
  if (profile_.programs) jail::kill_descendants(alive, std::chrono::milliseconds(1000));
  std::error_code error;
  fs::remove_all(outer_scratch_ / fmt::format("job-{}", slot), error);
}

}  // namespace recast::worker
