#include "jail/namespaces.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
Result<> put(int proc, const char* file, std::string_view text) {
  const UniqueFd fd(::openat(proc, file, O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) return std::unexpected(from_errno(errno, file));
  return {};
}

// Its own uid and gid only, as themselves: after exec nothing in it has a capability.
Result<> map_self(int proc, uid_t uid, gid_t gid) {
  RECAST_CHECK(put(proc, "self/setgroups", "deny"));
  RECAST_CHECK(put(proc, "self/uid_map", fmt::format("{} {} 1", uid, uid)));
  return put(proc, "self/gid_map", fmt::format("{} {} 1", gid, gid));
}
}  // namespace

Result<> raise_loopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  struct ifreq request {};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
    return std::unexpected(from_errno(errno, "loopback interface"));
  return {};
}

bool can_administer() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  return (data[0].effective >> CAP_SYS_ADMIN & 1U) != 0 && ::geteuid() == 0;
}

Result<Namespaces> enter_namespaces() {
  constexpr int all = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWPID;
  const auto uid = ::geteuid();
  const auto gid = ::getegid();
  if (can_administer()) {
    if (::unshare(all) != 0) return std::unexpected(from_errno(errno, "namespaces cannot be made"));
    return Namespaces{.own_user = false};
  }
  if (::unshare(all | CLONE_NEWUSER) != 0) {
    return std::unexpected(from_errno(errno, "user namespaces are disabled or exhausted (unshare)"));
  }
  const UniqueFd proc(::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!proc) return std::unexpected(from_errno(errno, "/proc"));
  RECAST_CHECK(map_self(proc.get(), uid, gid));
  return Namespaces{.own_user = true};
}

Result<> enter_user_namespace(int proc) {
  const auto uid = ::geteuid();
  const auto gid = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) return std::unexpected(from_errno(errno, "unshare user namespace"));
  return map_self(proc, uid, gid);
}

}  // namespace recast::jail
