#include "net/proxy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <thread>

#include "base/guarded.hpp"
#include "base/log.hpp"
#include "net/url.hpp"

namespace recast::net {

namespace {

constexpr std::size_t kLongestHead = 64 << 10;
constexpr std::chrono::milliseconds kHeadPatience{30'000};
constexpr std::size_t kMostRefused = 100;

/// Set once, wakes everybody who polls it.
class Bell {
 public:
  Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  int descriptor() const { return fd_.get(); }
  void ring() const {
    const std::uint64_t one = 1;
    if (::write(fd_.get(), &one, sizeof one) < 0 && errno != EAGAIN) log::warning("a proxy cannot be ended");
  }

 private:
  UniqueFd fd_;
};

/// What all connections of one proxy share.
struct Shared {
  Shared(const Environment& of, Deadline until, std::stop_token stopped)
      : environment(of), deadline(until), stop(std::move(stopped)) {}
  const Environment& environment;
  Deadline deadline;
  std::stop_token stop;
  Bell ended;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<bool> exhausted = false;
  Guarded<std::vector<std::string>> refused;

  bool is_over() const { return stop.stop_requested() || deadline.expired(); }
  void refuse(const Url& url) {
    const auto name = fmt::format("{}:{}", url.host(), url.port());
    refused.with([&](auto& list) {
      if (list.size() < kMostRefused && std::ranges::find(list, name) == list.end()) list.push_back(name);
    });
  }
};

enum class Wait { ready, over };

/// Until `fd` can be read or written, or all is over.
Wait wait_for(Shared& shared, int fd, short events, Deadline deadline) {
  for (;;) {
    if (shared.is_over() || deadline.expired()) return Wait::over;
    std::array<pollfd, 2> both{{{fd, events, 0}, {shared.ended.descriptor(), POLLIN, 0}}};
    const auto patience = std::min(deadline.left(kHeadPatience), shared.deadline.left(kHeadPatience));
    if (::poll(both.data(), both.size(), static_cast<int>(patience.count())) < 0 && errno != EINTR) return Wait::over;
    if (both[1].revents != 0) return Wait::over;
    if (both[0].revents != 0) return Wait::ready;
  }
}

bool send_all(Shared& shared, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (wait_for(shared, fd, POLLOUT, shared.deadline) == Wait::over) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

/// One direction of a tunnel: what was read and is not sent yet.
class Lane {
 public:
  Lane(int from, int to) : from_(from), to_(to) {}
  bool is_open() const { return !at_end_ || begin_ < end_; }
  short from_events() const { return !at_end_ && begin_ == end_ ? POLLIN : 0; }
  short to_events() const { return begin_ < end_ ? POLLOUT : 0; }

  /// Bytes that were read; nullopt if the connection broke.
  std::optional<std::size_t> move() {
    std::size_t count = 0;
    if (!at_end_ && begin_ == end_) {
      const auto read = ::recv(from_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (read < 0 && errno != EAGAIN && errno != EINTR) return std::nullopt;
      if (read == 0) at_end_ = true;
      begin_ = 0;
      end_ = count = read > 0 ? static_cast<std::size_t>(read) : 0;
    }
    while (begin_ < end_) {
      const auto sent = ::send(to_, buffer_.data() + begin_, end_ - begin_, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno == EAGAIN) break;
      if (sent < 0 && errno != EINTR) return std::nullopt;
      if (sent > 0) begin_ += static_cast<std::size_t>(sent);
    }
    if (at_end_ && begin_ == end_ && !told_) {
      told_ = true;
      ::shutdown(to_, SHUT_WR);
    }
    return count;
  }

 private:
  int from_, to_;
  std::array<char, 65536> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  bool at_end_ = false, told_ = false;
};

class Connection {
 public:
  Connection(Shared& shared, UniqueFd program) : shared_(shared), program_(std::move(program)) {}

  void run() {
    if (!read_head()) return;
    const auto end = read_.find("\r\n\r\n") + 4;
    const auto request = read_proxy_request(std::string_view(read_).substr(0, end));
    const auto url = request ? Url::parse(request->url) : Result<Url>(std::unexpected(request.error()));
    if (!url) return answer("400 Bad Request");
    if (shared_.bytes >= limit()) return exhaust();
    Transfer transfer(shared_.environment, shared_.deadline, shared_.stop);
    UniqueFd server;
    const auto failure = transfer.dial(*url, url->scheme(), server);
    if (failure == Failure::not_allowed) shared_.refuse(*url);
    if (failure != Failure::none) {
      // A browser would show the answer to a plain request as the page.
      if (request->tunnel) answer(failure == Failure::not_allowed ? "403 Forbidden" : "502 Bad Gateway");
      return;
    }
    if (request->tunnel) answer("200 Connection established");
    const auto rest = std::string_view(read_).substr(end);
    if (!send_all(shared_, server.get(), request->head) || !send_all(shared_, server.get(), rest)) return;
    carry(server.get());
  }

 private:
  std::uint64_t limit() const { return static_cast<std::uint64_t>(shared_.environment.settings.website_bytes); }
  void exhaust() { shared_.exhausted = true; }

  bool read_head() {
    const auto patience = Deadline::in(kHeadPatience);
    std::array<char, 8192> piece{};
    while (read_.find("\r\n\r\n") == std::string::npos) {
      if (read_.size() > kLongestHead || wait_for(shared_, program_.get(), POLLIN, patience) == Wait::over)
        return false;
      const auto count = ::recv(program_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (count <= 0) return false;
      read_.append(piece.data(), static_cast<std::size_t>(count));
    }
    return true;
  }

  void answer(std::string_view status) {
    const auto length = status.starts_with('2') ? "" : "Content-Length: 0\r\nConnection: close\r\n";
    send_all(shared_, program_.get(), fmt::format("HTTP/1.1 {}\r\n{}\r\n", status, length));
  }

  void carry(int server) {
    const auto up = std::make_unique<Lane>(program_.get(), server),
               down = std::make_unique<Lane>(server, program_.get());
    while (up->is_open() || down->is_open()) {
      std::array<pollfd, 3> all{{{program_.get(), static_cast<short>(up->from_events() | down->to_events()), 0},
                                 {server, static_cast<short>(down->from_events() | up->to_events()), 0},
                                 {shared_.ended.descriptor(), POLLIN, 0}}};
      // A side of which nothing is wanted would report its end again and again.
      for (auto& one : all) one.fd = one.events == 0 ? -1 : one.fd;
      const auto patience = shared_.deadline.left(std::chrono::milliseconds(5000));
      if (::poll(all.data(), all.size(), static_cast<int>(patience.count())) < 0 && errno != EINTR) return;
      if (all[2].revents != 0 || shared_.is_over()) return;
      const auto sent = up->move(), came = down->move();
      if (!sent || !came) return;
      if (shared_.bytes.fetch_add(*came) + *came > limit()) return exhaust();
      if (!down->is_open()) return;  // the server has said all: who still asks has nobody to answer
    }
  }

  Shared& shared_;
  UniqueFd program_;
  std::string read_;
};

class FilteringProxy final : public Proxy {
 public:
  FilteringProxy(const Environment& environment, UniqueFd listener, Deadline deadline, std::stop_token stop)
      : shared_(environment, deadline, ending_.get_token()),
        listener_(std::move(listener)),
        on_stop_(stop, [this] { end(); }),
        thread_([this] { accept_all(); }) {}

  ~FilteringProxy() override {
    end();
    thread_.join();
  }

  Traffic traffic() const override {
    return {.bytes = shared_.bytes,
            .refused = shared_.refused.with([](const auto& list) { return list; }),
            .exhausted = shared_.exhausted};
  }

 private:
  struct Served {
    std::atomic<bool> done = false;
    std::thread thread;
  };

  void end() {
    ending_.request_stop();
    shared_.ended.ring();
  }

  void accept_all() {
    std::list<Served> served;
    const auto most = static_cast<std::size_t>(shared_.environment.settings.website_connections);
    const auto reap = [&](bool all) {
      std::erase_if(served, [all](auto& one) {
        if (!all && !one.done) return false;
        one.thread.join();
        return true;
      });
    };
    for (;;) {
      reap(false);
      const bool full = served.size() >= most;
      std::array<pollfd, 2> both{{{full ? -1 : listener_.get(), POLLIN, 0}, {shared_.ended.descriptor(), POLLIN, 0}}};
      // A full house is looked at again soon.
      if (::poll(both.data(), both.size(), full ? 20 : 1000) < 0 && errno != EINTR) break;
      if (both[1].revents != 0 || shared_.is_over()) break;
      if (both[0].revents == 0) continue;
      UniqueFd program(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!program) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) continue;
        break;
      }
      auto& one = served.emplace_back();
      one.thread = std::thread([this, &one, fd = program.release()] {
        Connection(shared_, UniqueFd(fd)).run();
        one.done = true;
      });
    }
    shared_.ended.ring();
    reap(true);
  }

  std::stop_source ending_;
  Shared shared_;
  UniqueFd listener_;
  std::stop_callback<std::function<void()>> on_stop_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Proxy> make_proxy(const Environment& environment, UniqueFd listener, Deadline deadline,
                                  std::stop_token stop) {
  ::fcntl(listener.get(), F_SETFL, O_NONBLOCK);
  return std::make_unique<FilteringProxy>(environment, std::move(listener), deadline, std::move(stop));
}

}  // namespace recast::net
