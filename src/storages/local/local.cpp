#include "storages/local/local.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/io.hpp"
#include "base/random.hpp"
#include "storage/registry.hpp"

namespace recast::storages {

namespace {

constexpr mode_t kMode = 0444;
constexpr std::string_view kCannotStore = "The file cannot be stored";
constexpr std::string_view kCannotRead = "The file cannot be read";

std::unexpected<Error> failed(int error, std::string_view what) { return std::unexpected(from_errno(error, what)); }

/// Names that cannot exist are not found either.
int absence(int error) { return error == ENOTDIR || error == ELOOP || error == EISDIR ? ENOENT : error; }

/// Only regular files: a link or a pipe would read something else, or nothing for ever.
Result<UniqueFd> open_file(const fs::path& path, std::string_view what) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return failed(absence(errno), what);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return failed(errno, what);
  if (!S_ISREG(info.st_mode)) return failed(ENOENT, what);
  return fd;
}

Result<std::uint64_t> size_of(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return failed(errno, kCannotRead);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<> sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return failed(errno, kCannotStore);
  return {};
}

/// Of a folder that went away another thread removed the keys: nothing is left to be made durable.
Result<> sync_folder_if_there(const fs::path& folder) {
  auto synced = sync_folder(folder);
  return !synced && synced.error().code == ErrorCode::not_found ? Result<>() : synced;
}

/// Removes a path at the end of a scope. Also after a rename: that does nothing if both names are of one file.
class Leftover {
 public:
  explicit Leftover(fs::path path) : path_(std::move(path)) {}
  Leftover(Leftover&& other) noexcept : path_(std::exchange(other.path_, fs::path())) {}
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
  Leftover& operator=(Leftover&&) = delete;
  ~Leftover() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<> copy_bytes(int from, int to) {
  std::array<char, 128 * 1024> buffer{};
  for (;;) {
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno, kCannotRead);
    if (count == 0) return {};
    const int error = write_all(to, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    if (error != 0) return failed(error, kCannotStore);
  }
}

/// A copy of `from` as the new file `to`; not on the disk yet.
Result<UniqueFd> copy_file(int from, const fs::path& to) {
  UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failed(errno, kCannotStore);
  RECAST_CHECK(copy_bytes(from, fd.get()));
  if (::fchmod(fd.get(), kMode) != 0) return failed(errno, kCannotStore);
  return fd;
}

/// A new name of an open file, whatever its old one is by now.
bool link_open(int fd, const fs::path& to) {
  return ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd).c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

/// Folders of crashed processes' unfinished files are emptied of what nobody writes any more.
void clean_incoming(const fs::path& folder) {
  const auto oldest = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    if (entry.last_write_time(ignored) < oldest && !ignored) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Result<std::unique_ptr<storage::Storage>> Local::open(const Settings& settings) {
  const fs::path root(settings.root);
  std::error_code error;
  fs::create_directories(root / "files", error);
  if (!error) fs::create_directories(root / "incoming", error);
  if (error) {
    return fail(ErrorCode::invalid_data,
                fmt::format("the folder {} cannot be made: {}", settings.root, error.message()), "root");
  }
  clean_incoming(root / "incoming");
  return std::unique_ptr<storage::Storage>(new Local(fs::absolute(root)));
}

Local::Local(const fs::path& root) : files_(root / "files"), incoming_(root / "incoming") {}

fs::path Local::path(const storage::Key& key) const { return files_ / key.str(); }

fs::path Local::new_name() const {
  SystemRandom random;
  return incoming_ / random.uuid();
}

/// A file that is taken in: open, and under a name of its own in incoming, unless it can be linked to where it goes.
struct Local::Part {
  Leftover name;
  UniqueFd file;
};

Result<> Local::put(const storage::Key& key, const fs::path& file) {
  const storage::Deposit one{key, file};
  return put_all({&one, 1});
}

/// In groups: the disk's journal is written for the first file of a group, and once for their folder, instead of twice
/// for each. What was written of the others meanwhile is on the disk by then, so their own calls have little to do.
Result<> Local::put_all(std::span<const storage::Deposit> deposits) {
  constexpr std::size_t kGroup = 128;  // files that are open at once
  std::set<fs::path> folders;
  std::optional<dev_t> linked;
  while (!deposits.empty()) {
    const auto group = deposits.first(std::min(deposits.size(), kGroup));
    deposits = deposits.subspan(group.size());
    std::vector<Part> parts;
    for (const auto& deposit : group) {
      RECAST_TRY(auto part, take_in(deposit.file, linked));
      (void)::sync_file_range(part.file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);  // begins; fsync decides
      parts.push_back(std::move(part));
    }
    for (const auto& part : parts) {
      if (::fsync(part.file.get()) != 0) return failed(errno, kCannotStore);
    }
    for (std::size_t at = 0; at < group.size(); ++at) {
      RECAST_CHECK(move_in(parts[at], group[at]));
      folders.insert(path(group[at].key).parent_path());
    }
  }
  for (const auto& folder : folders) RECAST_CHECK(sync_folder_if_there(folder));
  return {};
}

/// A link needs no second copy; other file systems, and those without links, get one. `linked` is the device of which a
/// file could be linked before: others of it need no name in incoming first.
Result<Local::Part> Local::take_in(const fs::path& file, std::optional<dev_t>& linked) const {
  RECAST_TRY(auto source, open_file(file, kCannotStore));
  struct stat opened {
  }, other{};
  if (::fstat(source.get(), &opened) != 0) return failed(errno, kCannotStore);
  Leftover name(linked == opened.st_dev ? fs::path() : new_name());
  if (!name.path().empty()) {
    if (::link(file.c_str(), name.path().c_str()) != 0) {
      RECAST_TRY(auto copy, copy_file(source.get(), name.path()));
      return Part{std::move(name), std::move(copy)};
    }
    const bool same =
        ::lstat(name.path().c_str(), &other) == 0 && other.st_ino == opened.st_ino && other.st_dev == opened.st_dev;
    if (!same) return failed(ENOENT, kCannotStore);
    linked = opened.st_dev;
  }
  // Not without need: the change would have to reach the disk, and files that come from here have it already.
  if ((opened.st_mode & 07777) != kMode && ::fchmod(source.get(), kMode) != 0) return failed(errno, kCannotStore);
  return Part{std::move(name), std::move(source)};
}

/// The key's folders may be removed by another thread, which found them empty, just before the file gets there.
Result<> Local::move_in(const Part& part, const storage::Deposit& deposit) const {
  constexpr int kRounds = 100;
  const auto to = path(deposit.key);
  const auto& name = part.name.path();
  for (int round = 1;; ++round) {
    const bool moved = name.empty() ? link_open(part.file.get(), to) : ::rename(name.c_str(), to.c_str()) == 0;
    if (moved) return {};
    if (errno == ENOENT && round < kRounds) {
      RECAST_CHECK(make_folders(to.parent_path()));
      continue;
    }
    if (!name.empty()) return failed(errno == ENOENT ? EBUSY : errno, kCannotStore);
    // There is a file of this key, which a link cannot replace; or it is one file of a disk whose others can be linked.
    std::optional<dev_t> none;
    RECAST_TRY(const auto named, take_in(deposit.file, none));
    if (::fsync(named.file.get()) != 0) return failed(errno, kCannotStore);
    return move_in(named, deposit);
  }
}

/// False if a folder went away on the way down.
Result<bool> Local::make_folders(const fs::path& folder) const {
  if (folder == files_) return true;
  RECAST_TRY(const bool made, make_folders(folder.parent_path()));
  if (!made) return false;
  if (::mkdir(folder.c_str(), 0755) == 0) {
    RECAST_CHECK(sync_folder_if_there(folder.parent_path()));
    return true;
  }
  if (errno == EEXIST) return true;
  if (errno == ENOENT) return false;
  return failed(errno, kCannotStore);
}

Result<storage::Stat> Local::get(const storage::Key& key, const fs::path& to) {
  RECAST_TRY(const auto source, open(key));
  RECAST_TRY(const auto size, size_of(source.get()));
  const auto from = path(key);
  if (::link(from.c_str(), to.c_str()) == 0) return storage::Stat{size};
  if (errno == EEXIST) {
    ::unlink(to.c_str());
    if (::link(from.c_str(), to.c_str()) == 0) return storage::Stat{size};
  }
  const auto copied = copy_file(source.get(), to);
  if (copied) return storage::Stat{size};
  ::unlink(to.c_str());
  return std::unexpected(copied.error());
}

Result<UniqueFd> Local::open(const storage::Key& key) { return open_file(path(key), kCannotRead); }

Result<> Local::list(std::string_view prefix, const std::function<Result<>(const storage::Key&)>& each) {
  fs::path folder = files_;
  if (const auto slash = prefix.rfind('/'); slash != std::string_view::npos) {
    const auto parent = storage::Key::parse(prefix.substr(0, slash));
    if (!parent) return {};
    folder /= parent->str();
  }
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code gone;
    if (!at->is_regular_file(gone)) continue;
    const std::string_view full = at->path().native();
    const auto name = full.substr(files_.native().size() + 1);
    if (!name.starts_with(prefix)) continue;
    if (const auto key = storage::Key::parse(name)) RECAST_CHECK(each(*key));
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    return failed(error.value(), "The files cannot be listed");
  }
  return {};
}

Result<> Local::remove(const storage::Key& key) {
  const auto file = path(key);
  if (::unlink(file.c_str()) != 0 && absence(errno) != ENOENT) return failed(errno, "The file cannot be removed");
  for (auto folder = file.parent_path(); folder != files_; folder = folder.parent_path()) {
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT) break;
  }
  return {};
}

Result<> register_local(storage::Registry& registry) {
  return registry.add<Local::Settings>(
      "local", [](const Local::Settings& settings, const storage::Surroundings&) { return Local::open(settings); });
}

}  // namespace recast::storages
