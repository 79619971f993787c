#include "store/reserve.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "base/unique_handle.hpp"

namespace recast::store {

namespace fs = std::filesystem;

Reserve::Reserve(fs::path file, std::int64_t bytes) : file_(std::move(file)), bytes_(bytes) {
  if (is_there()) {
    state_ = State::whole;
  } else {
    restore();
  }
}

bool Reserve::is_there() const {
  std::error_code error;
  return bytes_ > 0 && std::cmp_equal(fs::file_size(file_, error), bytes_) && !error;
}

bool Reserve::lend() {
  if (state_ != State::whole) return false;
  std::error_code error;
  fs::remove(file_, error);
  if (error) return false;
  state_ = State::lent;
  log::error("the disk is full: the database's reserve is in use, and nothing new is taken until room returns",
             {{"reserve_bytes", bytes_}});
  return true;
}

void Reserve::restore() {
  if (state_ == State::whole || bytes_ <= 0) return;
  struct statvfs disk {};
  if (::statvfs(file_.parent_path().c_str(), &disk) != 0) return;
  if (disk.f_bavail * disk.f_frsize < 2 * static_cast<std::uint64_t>(bytes_)) return;
  const UniqueFd fd(::open(file_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd || ::posix_fallocate(fd.get(), 0, bytes_) != 0) {
    std::error_code ignored;
    fs::remove(file_, ignored);
    return;
  }
  if (state_ == State::lent) log::info("room has returned: the database's reserve is whole again", {});
  state_ = State::whole;
}

}  // namespace recast::store
