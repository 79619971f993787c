#include "jail/seccomp.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
struct FilterTraits {
  using type = scmp_filter_ctx;
  static constexpr type invalid() { return nullptr; }
  static void close(type filter) { ::seccomp_release(filter); }
};
using Filter = UniqueHandle<FilterTraits>;

// No converter needs these. EPERM rather than a kill, so that a program sees an ordinary failure.
constexpr std::array kRefused{
    // other processes' memory and descriptors, the kernel's own tools
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp", "bpf",
    "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "memfd_secret", "fanotify_init", "lookup_dcookie",
    // mounts, namespaces, files by handle
    "mount", "umount", "umount2", "pivot_root", "chroot", "setns", "unshare", "fsopen", "fsconfig", "fsmount", "fspick",
    "move_mount", "open_tree", "mount_setattr", "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat",
    // the machine
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "swapon", "swapoff", "reboot",
    "quotactl", "quotactl_fd", "acct", "sethostname", "setdomainname", "syslog", "ioperm", "iopl", "personality",
    "clock_settime", "clock_adjtime", "settimeofday", "adjtimex", "vhangup", "nfsservctl", "uselib", "ustat", "sysfs",
    "modify_ldt", "move_pages", "migrate_pages", "mbind"};

// A program has children; a library has none and talks to nobody. Its answers leave by write().
constexpr std::array kRefusedToLibraries{"execve",
                                         "execveat",
                                         "fork",
                                         "vfork",
                                         "socket",
                                         "socketpair",
                                         "connect",
                                         "bind",
                                         "listen",
                                         "accept",
                                         "accept4",
                                         "sendto",
                                         "sendmmsg",
                                         "shmget",
                                         "shmat",
                                         "shmctl",
                                         "msgget",
                                         "semget",
                                         "mq_open",
                                         "pidfd_open",
                                         "pidfd_send_signal",
                                         "kill",
                                         "tkill",
                                         "tgkill",
                                         "rt_sigqueueinfo",
                                         "rt_tgsigqueueinfo",
                                         "setuid",
                                         "setresuid",
                                         "setreuid",
                                         "setgid",
                                         "setresgid",
                                         "setregid",
                                         "setgroups",
                                         "capset",
                                         "inotify_init",
                                         "inotify_init1",
                                         "landlock_create_ruleset"};

constexpr std::array kAllowedToCodecs{"read",
                                      "pread64",
                                      "readv",
                                      "preadv",
                                      "preadv2",
                                      "write",
                                      "pwrite64",
                                      "writev",
                                      "pwritev",
                                      "recvmsg",
                                      "recvfrom",
                                      "close",
                                      "dup",
                                      "fstat",
                                      "newfstatat",
                                      "stat",
                                      "lstat",
                                      "statx",
                                      "statfs",
                                      "fstatfs",
                                      "lseek",
                                      "ftruncate",
                                      "fallocate",
                                      "fsync",
                                      "fdatasync",
                                      "openat",
                                      "open",
                                      "access",
                                      "faccessat",
                                      "faccessat2",
                                      "readlink",
                                      "readlinkat",
                                      "getdents64",
                                      "getcwd",
                                      "unlink",
                                      "unlinkat",
                                      "mkdir",
                                      "rename",
                                      "renameat2",
                                      "fcntl",
                                      "copy_file_range",
                                      "sendfile",
                                      "fadvise64",
                                      "mmap",
                                      "munmap",
                                      "mremap",
                                      "mprotect",
                                      "madvise",
                                      "brk",
                                      "mincore",
                                      "msync",
                                      "memfd_create",
                                      "futex",
                                      "poll",
                                      "ppoll",
                                      "pipe2",
                                      "eventfd2",
                                      "clock_gettime",
                                      "clock_getres",
                                      "clock_nanosleep",
                                      "nanosleep",
                                      "gettimeofday",
                                      "time",
                                      "times",
                                      "getrandom",
                                      "getpid",
                                      "getppid",
                                      "gettid",
                                      "getuid",
                                      "geteuid",
                                      "getgid",
                                      "getegid",
                                      "getrusage",
                                      "getrlimit",
                                      "setrlimit",
                                      "sysinfo",
                                      "uname",
                                      "sched_yield",
                                      "sched_getaffinity",
                                      "sched_getparam",
                                      "sched_getscheduler",
                                      "getcpu",
                                      "rt_sigaction",
                                      "rt_sigprocmask",
                                      "rt_sigreturn",
                                      "rt_sigpending",
                                      "sigaltstack",
                                      "exit",
                                      "exit_group",
                                      "restart_syscall",
                                      "rseq",
                                      "set_robust_list",
                                      "get_robust_list",
                                      "set_tid_address",
                                      "arch_prctl",
                                      "membarrier"};

class Builder {
 public:
  explicit Builder(std::uint32_t otherwise) : filter_(::seccomp_init(otherwise)) {}

  template <class... Compare>
  void add(std::uint32_t action, const char* name, Compare... compare) {
    const int call = ::seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return;  // unknown to this libseccomp: it cannot be filtered, nor allowed
    const int error = ::seccomp_rule_add(filter_.get(), action, call, sizeof...(compare), compare...);
    if (error != 0 && error_ == 0) error_ = -error, failed_ = name;
  }
  void refuse(const char* name) { add(SCMP_ACT_ERRNO(EPERM), name); }
  void allow(const char* name) { add(SCMP_ACT_ALLOW, name); }

  Result<std::vector<sock_filter>> build() {
    if (!filter_) return fail(ErrorCode::internal, "seccomp filter cannot be made");
    if (error_ != 0) return std::unexpected(from_errno(error_, "seccomp rule for " + failed_));
    ::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree, not a list
    const UniqueFd file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file || ::seccomp_export_bpf(filter_.get(), file.get()) != 0) {
      return std::unexpected(from_errno(errno, "seccomp filter"));
    }
    const auto size = ::lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
      return std::unexpected(from_errno(errno, "seccomp filter"));
    }
    return program;
  }

 private:
  Filter filter_;
  int error_ = 0;
  std::string failed_;
};

constexpr std::uint32_t kNo = SCMP_ACT_ERRNO(EPERM);

// clone3 hides its flags from a filter: ENOSYS makes glibc fall back to clone.
void hide_clone3(Builder& builder) { builder.add(SCMP_ACT_ERRNO(ENOSYS), "clone3"); }

void only_own_limits(Builder& builder) {
  for (const auto* const name :
       {"prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"}) {
    builder.add(kNo, name, SCMP_A0(SCMP_CMP_NE, 0));
  }
  builder.add(kNo, "setpriority", SCMP_A1(SCMP_CMP_NE, 0));
  builder.add(kNo, "ioprio_set", SCMP_A1(SCMP_CMP_NE, 0));
  builder.add(kNo, "ioctl", SCMP_A1(SCMP_CMP_EQ, TIOCSTI));
}

// The kernel looks at the lower 32 bits only; with upper bits set a family is greater than the last one listed.
void only_local_sockets(Builder& builder, bool loopback) {
  for (unsigned long long family = 0; family < AF_NETLINK; ++family) {
    if (family != AF_UNIX && !(loopback && family == AF_INET)) builder.add(kNo, "socket", SCMP_A0(SCMP_CMP_EQ, family));
  }
  builder.add(kNo, "socket", SCMP_A0(SCMP_CMP_GT, AF_NETLINK));
}

void program_rules(Builder& builder, const CallRules& rules) {
  constexpr std::array<unsigned long long, 7> namespaces{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                                         CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
  for (const auto flag : namespaces) {
    builder.add(kNo, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag));
  }
  if (rules.local_sockets) {
    only_local_sockets(builder, rules.loopback);
  } else {
    for (const auto* const name : {"socket", "connect", "bind", "listen", "accept", "accept4"}) builder.refuse(name);
  }
  if (!rules.signals) {
    // The caller keeps its pid through exec, so it may still signal its own threads (abort, pthread_kill).
    const auto self = static_cast<scmp_datum_t>(::getpid());
    builder.add(kNo, "kill", SCMP_A0(SCMP_CMP_NE, self));
    builder.add(kNo, "tgkill", SCMP_A0(SCMP_CMP_NE, self));
    for (const auto* const name : {"tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"}) {
      builder.refuse(name);
    }
  }
}

void refusing_rules(Builder& builder, const CallRules& rules) {
  for (const auto* const name : kRefused) builder.refuse(name);
  hide_clone3(builder);
  only_own_limits(builder);
  if (rules.kind == CallRules::Kind::program) {
    program_rules(builder, rules);
  } else {
    for (const auto* const name : kRefusedToLibraries) builder.refuse(name);
    builder.add(kNo, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  }
}

void codec_rules(Builder& builder) {
  for (const auto* const name : kAllowedToCodecs) builder.allow(name);
  builder.add(SCMP_ACT_ALLOW, "ioctl", SCMP_A1(SCMP_CMP_EQ, FIONREAD));
  builder.add(SCMP_ACT_ALLOW, "ioctl", SCMP_A1(SCMP_CMP_EQ, 0x5401 /* TCGETS: isatty */));
  builder.add(SCMP_ACT_ALLOW, "clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  builder.add(SCMP_ACT_ALLOW, "prlimit64", SCMP_A0(SCMP_CMP_EQ, 0));
  builder.add(SCMP_ACT_ALLOW, "prctl", SCMP_A0(SCMP_CMP_EQ, 15 /* PR_SET_NAME */));
  hide_clone3(builder);
}
}  // namespace

Result<CallFilter> CallFilter::make(const CallRules& rules) {
  const bool codec = rules.kind == CallRules::Kind::codec;
  Builder builder(codec ? kNo : SCMP_ACT_ALLOW);
  if (codec) {
    codec_rules(builder);
  } else {
    refusing_rules(builder, rules);
  }
  RECAST_TRY(auto program, builder.build());
  return CallFilter(std::move(program));
}

Result<> CallFilter::load() const {
  // The kernel does not write to it.
  const sock_fprog program{static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    return std::unexpected(from_errno(errno, "seccomp"));
  }
  return {};
}

}  // namespace recast::jail
