#include "process/usage.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string_view>

#include "base/unique_handle.hpp"

namespace recast::process {

namespace {
struct FolderTraits {
  using type = DIR*;
  static constexpr type invalid() { return nullptr; }
  static void close(type folder) { ::closedir(folder); }
};
using Folder = UniqueHandle<FolderTraits>;

constexpr int kDeepest = 64;
using Visit = std::function<bool(int parent, const char* name, const struct stat&)>;

// False if `visit` wanted to stop, or the tree is too deep. Never leaves the tree: every step is taken from the open
// folder and refuses links.
bool walk(int parent, const char* name, int depth, const Visit& visit) {
  if (depth > kDeepest) return false;
  constexpr int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd fd(::openat(parent, name, O_RDONLY | flags));
  if (!fd && errno == EACCES) {
    // A program with the server's own uid could hide files in a folder without rights.
    const UniqueFd closed(::openat(parent, name, O_PATH | flags));
    if (closed && ::chmod(fmt::format("/proc/self/fd/{}", closed.get()).c_str(), 0700) == 0) {
      fd.reset(::openat(parent, name, O_RDONLY | flags));
    }
  }
  if (!fd) return true;
  const Folder folder(::fdopendir(fd.get()));
  if (!folder) return true;
  const int self = fd.release();  // now the Folder's
  while (const auto* const entry = ::readdir(folder.get())) {
    const std::string_view child = entry->d_name;
    if (child == "." || child == "..") continue;
    struct stat status {};
    if (::fstatat(self, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!visit(self, entry->d_name, status)) return false;
    if (S_ISDIR(status.st_mode) && !walk(self, entry->d_name, depth + 1, visit)) return false;
  }
  return true;
}
}  // namespace

Usage measure(const std::filesystem::path& folder, std::uint64_t most) {
  Usage usage;
  const bool complete = walk(AT_FDCWD, folder.c_str(), 0, [&](int, const char*, const struct stat& status) {
    if (++usage.files > most) return false;
    if (S_ISREG(status.st_mode)) {
      const auto size = static_cast<std::uint64_t>(status.st_size);
      usage.bytes += size;
      usage.largest = std::max(usage.largest, size);
    }
    return true;
  });
  usage.too_many = !complete;
  return usage;
}

void remove_special_files(const std::filesystem::path& folder) {
  walk(AT_FDCWD, folder.c_str(), 0, [](int parent, const char* name, const struct stat& status) {
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) ::unlinkat(parent, name, 0);
    return true;
  });
}

}  // namespace recast::process
