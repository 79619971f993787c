#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/guarded.hpp"
#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::test {

/// A small HTTP/1.1 server for tests: one thread per connection, one request per connection, answers written by the
/// test byte for byte, so that it can misbehave. Listens on port 0 of a loopback address; joins all at its end.
class HttpTestServer {
 public:
  struct Request {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  ///< lower-case names
    std::string body;
  };
  class Connection {
   public:
    Connection(int fd, int stop) : fd_(fd), stop_(stop) {}
    void send(std::string_view bytes) {
      while (!bytes.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
    }
    /// A whole answer with its length.
    void answer(std::string_view status, std::string_view fields, std::string_view body) {
      send("HTTP/1.1 " + std::string(status) + "\r\nConnection: close\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n");
      send(body);
    }
    /// Says nothing more until the client hangs up or the server ends.
    void hang() {
      char byte = 0;
      while (wait() && ::recv(fd_, &byte, 1, 0) > 0) {
      }
    }
    /// Bytes that arrived; empty at the end.
    std::string read() {
      std::string piece(65536, '\0');
      const auto count = wait() ? ::recv(fd_, piece.data(), piece.size(), 0) : 0;
      piece.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      return piece;
    }

   private:
    bool wait() {
      pollfd fds[2] = {{fd_, POLLIN, 0}, {stop_, POLLIN, 0}};
      return ::poll(fds, 2, 30'000) > 0 && fds[1].revents == 0;
    }
    int fd_;
    int stop_;
  };
  using Handler = std::function<void(const Request&, Connection&)>;

  explicit HttpTestServer(Handler handler, const char* address = "127.0.0.1")
      : handler_(std::move(handler)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        stop_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    inet_pton(AF_INET, address, &at.sin_addr);
    socklen_t size = sizeof at;
    auto* const generic = reinterpret_cast<sockaddr*>(&at);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0) {
      throw std::runtime_error("test server cannot listen");
    }
    port_ = ntohs(at.sin_port);
    address_ = address;
    thread_ = std::thread([this] { accept_all(); });
  }
  ~HttpTestServer() {
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) < 0) std::terminate();
    thread_.join();
    workers_.with([](auto& workers) {
      for (auto& worker : workers) worker.join();
    });
  }
  HttpTestServer(const HttpTestServer&) = delete;
  HttpTestServer& operator=(const HttpTestServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path, std::string_view host = {}) const {
    return "http://" + (host.empty() ? address_ : std::string(host)) + ":" + std::to_string(port_) + std::string(path);
  }
  std::vector<Request> requests() const {
    return requests_.with([](const auto& requests) { return requests; });
  }

 private:
  void accept_all() {
    for (;;) {
      pollfd fds[2] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
      if (::poll(fds, 2, -1) < 0 || fds[1].revents != 0) return;
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      workers_.with([&](auto& workers) { workers.emplace_back([this, fd] { serve(UniqueFd(fd)); }); });
    }
  }

  void serve(UniqueFd fd) {
    Connection connection(fd.get(), stop_.get());
    std::string data;
    std::size_t end = 0;
    while ((end = data.find("\r\n\r\n")) == std::string::npos) {
      const auto piece = connection.read();
      if (piece.empty()) return;
      data += piece;
    }
    auto request = parse(std::string_view(data).substr(0, end));
    const auto length = request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    request.body = data.substr(end + 4);
    while (request.body.size() < length) {
      const auto piece = connection.read();
      if (piece.empty()) return;
      request.body += piece;
    }
    requests_.with([&](auto& requests) { requests.push_back(request); });
    handler_(request, connection);
    ::shutdown(fd.get(), SHUT_WR);
  }

  static Request parse(std::string_view head) {
    Request request;
    const auto lines = split(head, '\n');
    const auto words = split(trim(lines[0]), ' ');
    request.method = words[0];
    if (words.size() > 1) request.target = words[1];
    for (std::size_t at = 1; at < lines.size(); ++at) {
      const auto colon = lines[at].find(':');
      if (colon != std::string_view::npos)
        request.headers[lower(lines[at].substr(0, colon))] = trim(lines[at].substr(colon + 1));
    }
    return request;
  }

  Handler handler_;
  UniqueFd listener_;
  UniqueFd stop_;
  std::string address_;
  std::uint16_t port_ = 0;
  Guarded<std::vector<Request>> requests_;
  Guarded<std::vector<std::thread>> workers_;
  std::thread thread_;
};

}  // namespace recast::test
