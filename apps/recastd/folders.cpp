#include "folders.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

namespace recast::server {

namespace {

Result<> set_mode(const fs::path& folder, mode_t mode) {
  if (::chmod(folder.c_str(), mode) != 0) return std::unexpected(from_errno(errno, folder.string()));
  return {};
}

}  // namespace

Folders Folders::below(const fs::path& data) {
  return {data, data / "state", data / "files", data / "work", data / "incoming", data / "workers"};
}

Result<> Folders::make() const {
  constexpr mode_t kPrivate = 0700;
  std::error_code error;
  fs::remove_all(work, error);
  fs::remove_all(incoming, error);
  for (const auto& folder : {data, state, files, work, incoming, workers}) {
    fs::create_directories(folder, error);
    if (error) return std::unexpected(from_errno(error.value(), folder.string()));
    RECAST_CHECK(set_mode(folder, kPrivate));
  }
  return {};
}

Result<> Folders::open_to_jails() const {
  constexpr mode_t kPassable = 0711;
  for (const auto& folder : {data, work, workers}) RECAST_CHECK(set_mode(folder, kPassable));
  return {};
}

Result<UniqueFd> lock_folder(const fs::path& data) {
  std::error_code error;
  fs::create_directories(data, error);
  UniqueFd file(::open((data / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, (data / "lock").string()));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::conflict, fmt::format("another recastd uses {}", data.string()));
  }
  return file;
}

}  // namespace recast::server
