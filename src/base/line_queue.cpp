#include "base/line_queue.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <utility>

#include "base/io.hpp"

namespace recast {

LineQueue::LineQueue(int fd, std::size_t most_bytes, std::function<std::string(std::size_t)> about_dropped)
    : fd_(fd), most_bytes_(most_bytes), about_dropped_(std::move(about_dropped)) {
  // Signals are for the threads that know what to do with them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void LineQueue::push(std::string line) {
  std::unique_lock lock(mutex_);
  if (finishing_) {
    lock.unlock();
    [[maybe_unused]] const auto error = write_all(fd_, line);
    return;
  }
  if (bytes_ + line.size() > most_bytes_) {
    ++dropped_;
    return;
  }
  tell_dropped();
  bytes_ += line.size();
  lines_.push_back(std::move(line));
  lock.unlock();
  changed_.notify_one();
}

/// With the lock held.
void LineQueue::tell_dropped() {
  if (dropped_ == 0) return;
  lines_.push_back(about_dropped_(std::exchange(dropped_, 0)));
  bytes_ += lines_.back().size();
}

void LineQueue::finish(Deadline deadline) {
  {
    std::lock_guard lock(mutex_);
    finishing_ = true;
    give_up_ = deadline.at();
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LineQueue::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return finishing_ || !lines_.empty(); });
    if (lines_.empty()) tell_dropped();
    if (lines_.empty()) return;
    const auto line = std::move(lines_.front());
    lines_.pop_front();
    lock.unlock();
    const bool more = write(line);
    lock.lock();
    bytes_ -= line.size();
    if (lines_.empty()) tell_dropped();
    if (!more) return;
  }
}

/// In pieces that a pipe takes without blocking once it has room at all: the end must not wait for a reader that is
/// stuck. False if there is nothing to hope for.
bool LineQueue::write(std::string_view text) {
  while (!text.empty()) {
    if (hopeless()) return false;
    pollfd waiting{fd_, POLLOUT, 0};
    if (::poll(&waiting, 1, 50) == 0) continue;
    const auto written = ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return true;  // a log that cannot be written has nowhere to say so
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool LineQueue::hopeless() {
  std::lock_guard lock(mutex_);
  return finishing_ && std::chrono::steady_clock::now() >= give_up_;
}

}  // namespace recast
