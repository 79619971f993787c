#include "work.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/unique_handle.hpp"

namespace recast::jail_program {

namespace {
Result<> make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return std::unexpected(from_errno(errno, path.string()));
  return {};
}

Result<> give(const fs::path& folder, uid_t uid) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd || ::fchown(fd.get(), uid, uid) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("give {} away", folder.string())));
  }
  return {};
}

/// What an earlier step, whose uid was another one, left below `folder`. A file with a second name may be one of ours
/// (an input that was linked): it keeps its owner.
Result<> give_content(const fs::path& folder, uid_t uid) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0) return std::unexpected(from_errno(errno, entry->path().string()));
    if (status.st_uid == uid || (!S_ISDIR(status.st_mode) && status.st_nlink > 1)) continue;
    if (::lchown(entry->path().c_str(), uid, uid) != 0) {
      return std::unexpected(from_errno(errno, fmt::format("give {} away", entry->path().string())));
    }
  }
  if (error) return std::unexpected(from_errno(error.value(), folder.string()));
  return {};
}

// Inputs may be hard links to stored files, so their owner stays; it is the folders above that keep strangers out.
Result<> open_to_all(const fs::path& path, mode_t bits) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return std::unexpected(from_errno(errno, path.string()));
  if ((status.st_mode & bits) == bits) return {};
  if (::fchmod(fd.get(), (status.st_mode | bits) & 07777U) != 0)
    return std::unexpected(from_errno(errno, path.string()));
  return {};
}

Result<> open_inputs(const fs::path& folder) {
  RECAST_CHECK(open_to_all(folder, 0555));
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    std::error_code gone;
    const auto kind = entry->symlink_status(gone).type();
    if (kind == fs::file_type::directory) RECAST_CHECK(open_to_all(entry->path(), 0555));
    if (kind == fs::file_type::regular) RECAST_CHECK(open_to_all(entry->path(), 0444));
  }
  if (error) return std::unexpected(from_errno(error.value(), folder.string()));
  return {};
}
}  // namespace

Result<> hand_over_work(const Options& options) {
  for (const auto* const name : {"in", "out", "tmp"}) RECAST_CHECK(make_folder(options.work / name));
  if (::geteuid() != 0 || !options.uid) return {};
  for (const auto* const name : {"out", "tmp"}) {
    RECAST_CHECK(give(options.work / name, *options.uid));
    RECAST_CHECK(give_content(options.work / name, *options.uid));
  }
  if (options.level != jail::Level::full) RECAST_CHECK(open_to_all(options.work, 0111));
  return open_inputs(options.work / "in");
}

jail::Root private_root(const Options& options) {
  using Mode = jail::Bind::Mode;
  jail::Root root{.mount_point = options.work, .binds = jail::system_binds(), .proc = true};
  // First, for the program or what it reads may itself lie below /tmp.
  root.binds.push_back({options.work / "tmp", "/tmp", Mode::writable});
  for (const auto& path : options.readable) root.binds.push_back({path, path, Mode::read_only});
  root.binds.push_back({options.executable, options.executable, Mode::read_only});
  root.binds.push_back({options.work / "in", "/job/in", Mode::read_only});
  root.binds.push_back({options.work / "out", "/job/out", Mode::writable});
  root.binds.push_back({options.work / "tmp", "/job/tmp", Mode::writable});
  root.scratch.push_back({.target = "/dev/shm", .bytes = 64 << 20, .owner = options.uid.value_or(::geteuid())});
  return root;
}

fs::path working_folder(const Options& options) {
  return options.level == jail::Level::full ? fs::path("/job") : options.work;
}

std::vector<jail::FileRule> file_rules(const Options& options) {
  using Access = jail::FileRule::Access;
  const bool full = options.level == jail::Level::full;
  std::vector<jail::FileRule> rules;
  for (const auto& bind : jail::system_binds()) {
    const bool runs = bind.target == "/usr" || bind.target.string().starts_with("/lib");
    rules.push_back({bind.target, bind.mode == jail::Bind::Mode::device ? Access::device
                                  : runs                                ? Access::run
                                                                        : Access::read});
  }
  for (const auto& path : options.readable) rules.push_back({path, Access::run});
  rules.push_back({options.executable, Access::run});
  // Outside a PID namespace only its own entry: the others belong to strangers.
  rules.push_back({full ? "/proc" : "/proc/self", Access::read});
  // Relative to the working folder: another uid may be unable to come there from the root.
  const auto work = full ? working_folder(options) : fs::path(".");
  const auto scratch = options.local_sockets ? Access::write_local : Access::write;
  rules.push_back({work / "in", Access::read});
  rules.push_back({work / "out", Access::write});
  rules.push_back({work / "tmp", scratch});
  if (full) {
    rules.push_back({"/tmp", scratch});
    rules.push_back({"/dev/shm", Access::write});
  }
  return rules;
}

}  // namespace recast::jail_program
