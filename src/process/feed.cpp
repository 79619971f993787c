#include "process/feed.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace recast::process {

namespace {
constexpr int kLookForStop = 100;  // milliseconds
constexpr auto* kReaderGone = "The worker takes no more files.";

std::string length_of(std::uint64_t length) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(length >> (8 * i) & 0xFF);
  return bytes;
}

/// A reader that is gone is a failed write() here, not the end of the server.
void ignore_broken_pipes() {
  sigset_t pipes;
  ::sigemptyset(&pipes);
  ::sigaddset(&pipes, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
}
}  // namespace

Result<std::unique_ptr<Feed>> Feed::open(std::vector<File> files) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe"));
  UniqueFd reading(pipe[0]);
  UniqueFd writing(pipe[1]);
  if (::fcntl(writing.get(), F_SETFL, O_NONBLOCK) != 0) return std::unexpected(from_errno(errno, "pipe"));
  return std::unique_ptr<Feed>(new Feed(std::move(reading), std::move(writing), std::move(files)));
}

Feed::Feed(UniqueFd reading, UniqueFd writing, std::vector<File> files)
    : reading_(std::move(reading)), writing_(std::move(writing)), files_(std::move(files)) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    ignore_broken_pipes();
    outcome_ = write_all(stop);
    writing_.reset();  // the reader sees the end
  });
}

Feed::~Feed() { (void)close(); }

Result<> Feed::close() {
  if (!thread_.joinable()) return outcome_;
  reading_.reset();
  thread_.request_stop();
  thread_.join();
  // A reader that has gone away has its reasons, and tells them itself.
  if (!outcome_ && outcome_.error().code == ErrorCode::cancelled) outcome_ = {};
  return outcome_;
}

Result<> Feed::write_all(const std::stop_token& stop) const {
  for (const auto& file : files_) RECAST_CHECK(write_file(file, stop));
  return {};
}

Result<> Feed::write_file(const File& file, const std::stop_token& stop) const {
  const UniqueFd in(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status {};
  if (!in || ::fstat(in.get(), &status) != 0) return std::unexpected(from_errno(errno, "reading an input"));
  auto left = static_cast<std::uint64_t>(status.st_size);
  RECAST_CHECK(write(length_of(file.name.size()) + file.name + length_of(left), stop));
  std::string buffer(256 << 10, '\0');
  while (left > 0 && !stop.stop_requested()) {
    const auto count = ::read(in.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(from_errno(errno, "reading an input"));
    if (count == 0) return fail(ErrorCode::internal, "An input became shorter while it was read.");
    RECAST_CHECK(write({buffer.data(), static_cast<std::size_t>(count)}, stop));
    left -= static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<> Feed::write(std::string_view bytes, const std::stop_token& stop) const {
  while (!bytes.empty() && !stop.stop_requested()) {
    const auto count = ::write(writing_.get(), bytes.data(), bytes.size());
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    if (count >= 0 || errno == EINTR) continue;
    if (errno == EPIPE) return fail(ErrorCode::cancelled, kReaderGone);
    if (errno != EAGAIN) return std::unexpected(from_errno(errno, "handing over an input"));
    pollfd ready{writing_.get(), POLLOUT, 0};
    ::poll(&ready, 1, kLookForStop);
  }
  return {};
}

}  // namespace recast::process
