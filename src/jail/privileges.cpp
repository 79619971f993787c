#include "jail/privileges.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
Result<> set_capabilities(std::uint64_t keep) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto word = static_cast<std::uint32_t>(keep >> (32 * i));
    data.at(i).effective = word;
    data.at(i).permitted = word;
  }
  if (::syscall(SYS_capset, &header, data.data()) != 0) return std::unexpected(from_errno(errno, "capset"));
  return {};
}

std::uint64_t current_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return 0;
  return std::uint64_t{data[1].permitted} << 32 | data[0].permitted;
}

// A capability outside the bounding set cannot come back, not even through exec by root.
void shrink_bounding_set(std::uint64_t keep) {
  for (unsigned long capability = 0; capability < 64; ++capability) {
    if ((keep >> capability & 1U) == 0 && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno == EINVAL) return;
  }
}

Result<> no_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return std::unexpected(from_errno(errno, "no_new_privs"));
  return {};
}

Result<> limit(__rlimit_resource what, std::uint64_t soft, std::uint64_t hard, std::string_view name) {
  struct rlimit now {};
  if (::getrlimit(what, &now) != 0) return std::unexpected(from_errno(errno, name));
  // Never above what it had: only root could, and a limit set from outside means something.
  struct rlimit next {};
  next.rlim_max = std::min<rlim_t>(hard, now.rlim_max);
  next.rlim_cur = std::min<rlim_t>(soft, next.rlim_max);
  if (::setrlimit(what, &next) != 0) return std::unexpected(from_errno(errno, name));
  return {};
}

std::string read_small(int folder, const char* name) {
  const UniqueFd fd(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  std::array<char, 4096> buffer{};
  const auto count = ::read(fd.get(), buffer.data(), buffer.size());
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

std::uint64_t number(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The first number behind "Name:" in a /proc status file.
std::uint64_t status_number(std::string_view status, std::string_view name) {
  const auto at = status.find(name);
  if (at == std::string_view::npos) return 0;
  status.remove_prefix(at + name.size());
  return number(status.substr(0, status.find_first_of("\n", 0)));
}
}  // namespace

Result<> drop_privileges(std::optional<uid_t> uid) {
  if (uid) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(*uid, *uid, *uid) != 0) {
      return std::unexpected(from_errno(errno, "setresgid"));
    }
    shrink_bounding_set(0);
    if (::setresuid(*uid, *uid, *uid) != 0) return std::unexpected(from_errno(errno, "setresuid"));
  } else {
    shrink_bounding_set(0);
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  RECAST_CHECK(set_capabilities(0));
  return no_new_privileges();
}

Result<> keep_parent_capabilities() {
  const std::uint64_t wanted = 1ULL << CAP_SYS_ADMIN | 1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_SETPCAP |
                               1ULL << CAP_CHOWN | 1ULL << CAP_KILL | 1ULL << CAP_FOWNER | 1ULL << CAP_DAC_OVERRIDE |
                               1ULL << CAP_NET_ADMIN;  // for the loopback interfaces of its children
  const auto keep = wanted & current_capabilities();
  shrink_bounding_set(keep);
  RECAST_CHECK(set_capabilities(keep));
  return no_new_privileges();
}

Result<> die_with_parent(int signal) {
  if (::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0, 0, 0) != 0) {
    return std::unexpected(from_errno(errno, "PR_SET_PDEATHSIG"));
  }
  return {};
}

Result<> apply_limits(const Limits& limits, const Allowance& allowance) {
  const auto cpu = static_cast<std::uint64_t>(std::max<std::int64_t>(limits.cpu.count(), 1)) + allowance.cpu_seconds;
  RECAST_CHECK(limit(RLIMIT_CORE, 0, 0, "RLIMIT_CORE"));
  RECAST_CHECK(limit(RLIMIT_CPU, cpu, allowance.cpu_kills_at_once ? cpu : cpu + 2, "RLIMIT_CPU"));
  RECAST_CHECK(limit(RLIMIT_FSIZE, limits.output, limits.output, "RLIMIT_FSIZE"));
  RECAST_CHECK(limit(RLIMIT_NOFILE, limits.descriptors, limits.descriptors, "RLIMIT_NOFILE"));
  RECAST_CHECK(limit(RLIMIT_MEMLOCK, 0, 0, "RLIMIT_MEMLOCK"));
  RECAST_CHECK(limit(RLIMIT_MSGQUEUE, 0, 0, "RLIMIT_MSGQUEUE"));
  const auto processes = limits.processes + allowance.processes;
  RECAST_CHECK(limit(RLIMIT_NPROC, processes, processes, "RLIMIT_NPROC"));
  // Last: from here on the process may be unable to allocate.
  const auto memory = limits.memory + allowance.memory;
  return limit(RLIMIT_DATA, memory, memory, "RLIMIT_DATA");
}

std::uint64_t writable_memory(int proc) {
  const auto status = read_small(proc, "self/status");
  return status_number(status, "VmData:") * 1024;
}

std::uint64_t processes_of(uid_t uid) {
  std::uint64_t count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto status = read_small(AT_FDCWD, (entry.path() / "status").c_str());
    if (!status.empty() && status_number(status, "\nUid:") == uid) count += status_number(status, "\nThreads:");
  }
  return count;
}

}  // namespace recast::jail
