#include "jail/landlock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
// The headers of Debian 12 end at version 2; the rest is spelled out (linux/landlock.h of 6.15).
constexpr std::uint64_t kTruncate = 1ULL << 14;       // version 3
constexpr std::uint64_t kDeviceControl = 1ULL << 15;  // version 5
constexpr std::uint64_t kBindTcp = 1;                 // version 4
constexpr std::uint64_t kConnectTcp = 2;
constexpr std::uint64_t kScopeAbstractSockets = 1;  // version 6
constexpr std::uint64_t kScopeSignals = 2;
constexpr std::uint64_t kFirstVersion = (1ULL << 13) - 1;

struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

Ruleset handled(int version) {
  Ruleset set{.files = kFirstVersion};
  if (version >= 2) set.files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) set.files |= kTruncate;
  if (version >= 4) set.network = kBindTcp | kConnectTcp;
  if (version >= 5) set.files |= kDeviceControl;
  if (version >= 6) set.scoped = kScopeAbstractSockets | kScopeSignals;
  return set;
}

std::size_t size_known(int version) { return version >= 6 ? 24 : version >= 4 ? 16 : 8; }

std::uint64_t rights(FileRule::Access access) {
  constexpr std::uint64_t read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  constexpr std::uint64_t never =
      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | kDeviceControl;
  constexpr std::uint64_t all = kFirstVersion | LANDLOCK_ACCESS_FS_REFER | kTruncate | kDeviceControl;
  switch (access) {
    case FileRule::Access::read:
      return read;
    case FileRule::Access::run:
      return read | LANDLOCK_ACCESS_FS_EXECUTE;
    case FileRule::Access::device:
      return LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
    case FileRule::Access::write:
      return all & ~never & ~std::uint64_t{LANDLOCK_ACCESS_FS_MAKE_SOCK};
    case FileRule::Access::write_local:
      return all & ~never;
  }
  return 0;
}

Result<> allow(int ruleset, const FileRule& rule, std::uint64_t known) {
  const UniqueFd fd(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) return {};
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return std::unexpected(from_errno(errno, rule.path.string()));
  landlock_path_beneath_attr attr{};
  attr.allowed_access = rights(rule.access) & known;
  attr.parent_fd = fd.get();
  if (!S_ISDIR(status.st_mode)) {
    attr.allowed_access &=
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
  }
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("Landlock rule for {}", rule.path.string())));
  }
  return {};
}
}  // namespace

int landlock_version() {
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

Result<> restrict_files(std::span<const FileRule> rules, Connections connections) {
  const int version = landlock_version();
  if (version == 0) return fail(ErrorCode::unavailable, "Landlock is not enabled in this kernel");
  auto set = handled(version);
  if (connections == Connections::allowed) set.network = 0;
  const UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &set, size_known(version), 0)));
  if (!ruleset) return std::unexpected(from_errno(errno, "Landlock ruleset"));
  for (const auto& rule : rules) RECAST_CHECK(allow(ruleset.get(), rule, set.files));
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return std::unexpected(from_errno(errno, "Landlock"));
  }
  return {};
}

}  // namespace recast::jail
