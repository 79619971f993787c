#include "jail/root.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/unique_handle.hpp"

namespace recast::jail {

namespace {
struct Tree {
  UniqueFd fd;
  fs::path target;
  bool in_place = false;  ///< shown where it is outside, with all that lies below
  bool folder = true;
};

bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

std::uint64_t attributes(Bind::Mode mode) {
  switch (mode) {
    case Bind::Mode::read_only:
      return MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    case Bind::Mode::writable:
      return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    case Bind::Mode::device:
      return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  }
  return MOUNT_ATTR_RDONLY;
}

// Taken before anything is mounted over, so that a source below the mount point can still be shown.
Result<Tree> clone_tree(const Bind& bind) {
  Tree tree{
      .fd = UniqueFd(::open_tree(AT_FDCWD, bind.source.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)),
      .target = bind.target,
      .in_place = bind.source == bind.target};
  if (!tree.fd) {
    if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return tree;
    return std::unexpected(from_errno(errno, fmt::format("bind {}", bind.source.string())));
  }
  struct stat status {};
  if (::fstat(tree.fd.get(), &status) != 0) return std::unexpected(from_errno(errno, bind.source.string()));
  tree.folder = S_ISDIR(status.st_mode);
  struct mount_attr attr {};
  attr.attr_set = attributes(bind.mode);
  attr.propagation = MS_PRIVATE;
  if (::mount_setattr(tree.fd.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("mount attributes of {}", bind.source.string())));
  }
  return tree;
}

Result<std::vector<Tree>> clone_trees(const std::vector<Bind>& binds) {
  std::vector<Tree> trees;
  for (const auto& bind : binds) {
    const auto covers = [&](const Tree& tree) { return tree.in_place && is_inside(bind.target, tree.target); };
    if (std::ranges::any_of(trees, covers)) continue;
    RECAST_TRY(auto tree, clone_tree(bind));
    if (tree.fd) trees.push_back(std::move(tree));
  }
  return trees;
}

Result<> make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return std::unexpected(from_errno(error.value(), fmt::format("folder {}", path.string())));
  return {};
}

Result<> attach(const Tree& tree, const fs::path& root) {
  const auto target = root / tree.target.relative_path();
  if (tree.folder) {
    RECAST_CHECK(make_folder(target));
  } else {
    RECAST_CHECK(make_folder(target.parent_path()));
    const UniqueFd file(::open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    if (!file) return std::unexpected(from_errno(errno, target.string()));
  }
  if (::move_mount(tree.fd.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("mount {}", tree.target.string())));
  }
  return {};
}

Result<> link_libraries(const fs::path& root) {
  for (const auto* const name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    std::error_code error;
    const auto target = fs::read_symlink(fs::path("/") / name, error);
    if (error) continue;  // a folder of its own is among the binds
    if (::symlink(target.c_str(), (root / name).c_str()) != 0) return std::unexpected(from_errno(errno, name));
  }
  return {};
}

Result<> fill(const Root& root, const std::vector<Tree>& trees) {
  const auto& at = root.mount_point;
  // The links come from the outer root, so they are made before anything hides it.
  RECAST_CHECK(link_libraries(at));
  for (const auto& tree : trees) RECAST_CHECK(attach(tree, at));
  for (const auto& folder : root.folders) RECAST_CHECK(make_folder(at / folder.relative_path()));
  if (root.proc) {
    RECAST_CHECK(make_folder(at / "proc"));
    // A container may hide parts of its own /proc; the kernel then gives no new one to a user namespace.
    if (const auto mounted = mount_proc(at / "proc"); !mounted && ::geteuid() == 0) return mounted;
  }
  for (auto tmpfs : root.scratch) {
    tmpfs.target = at / tmpfs.target.relative_path();
    RECAST_CHECK(make_folder(tmpfs.target));
    RECAST_CHECK(mount_scratch(tmpfs));
  }
  return {};
}
}  // namespace

std::vector<Bind> system_binds() {
  std::vector<Bind> binds;
  for (const auto* const path : {"/usr", "/etc/fonts", "/etc/alternatives", "/etc/libreoffice", "/etc/ld.so.cache",
                                 "/var/cache/fontconfig", "/etc/ImageMagick-6", "/etc/matplotlibrc", "/etc/ghostscript",
                                 "/var/lib/ghostscript", "/etc/mime.types", "/etc/papersize"}) {
    binds.push_back({path, path, Bind::Mode::read_only});
  }
  for (const auto* const name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code error;
    if (fs::symlink_status(name, error).type() == fs::file_type::directory) {
      binds.push_back({name, name, Bind::Mode::read_only});
    }
  }
  for (const auto* const device : {"/dev/null", "/dev/zero", "/dev/urandom"}) {
    binds.push_back({device, device, Bind::Mode::device});
  }
  return binds;
}

Result<> mount_scratch(const Tmpfs& tmpfs) {
  const auto options = fmt::format("size={},mode={:o},uid={},gid={},nr_inodes={}", tmpfs.bytes, tmpfs.mode, tmpfs.owner,
                                   tmpfs.owner, 100'000);
  const unsigned long flags = MS_NOSUID | MS_NODEV | (tmpfs.running ? 0UL : static_cast<unsigned long>(MS_NOEXEC));
  if (::mount("scratch", tmpfs.target.c_str(), "tmpfs", flags, options.c_str()) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("scratch {}", tmpfs.target.string())));
  }
  return {};
}

Result<> mount_proc(const fs::path& target) {
  if (::mount("proc", target.c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid") != 0) {
    return std::unexpected(from_errno(errno, "mount /proc"));
  }
  return {};
}

Result<> enter_root(const Root& root) {
  const auto& at = root.mount_point;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return std::unexpected(from_errno(errno, "private mounts"));
  }
  RECAST_TRY(const auto trees, clone_trees(root.binds));
  const auto options = fmt::format("size={},mode=755", root.bytes);
  if (::mount("root", at.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return std::unexpected(from_errno(errno, fmt::format("private root at {}", at.string())));
  }
  RECAST_CHECK(fill(root, trees));
  if (!root.writable) {
    struct mount_attr attr {};
    attr.attr_set = MOUNT_ATTR_RDONLY;
    if (::mount_setattr(AT_FDCWD, at.c_str(), 0, &attr, sizeof attr) != 0) {
      return std::unexpected(from_errno(errno, "read-only root"));
    }
  }
  if (::chdir(at.c_str()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
      ::chdir("/") != 0) {
    return std::unexpected(from_errno(errno, "pivot_root"));
  }
  return {};
}

}  // namespace recast::jail
