#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/unique_handle.hpp"

namespace recast::http::test {

/// An answer as it was on the wire; header names in lower case.
struct Reply {
  unsigned status = 0;
  std::string reason;
  std::map<std::string, std::string> headers;
  std::string body;
};

/// A blocking client over a raw socket: it can send what a real client never would. All waits end after ten seconds.
class Client {
 public:
  explicit Client(std::uint16_t port, std::string_view from = "127.0.0.1", int receive_buffer = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    }
    auto here = address(from, 0), there = address("127.0.0.1", port);
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&here), sizeof(here));
    connected_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&there), sizeof(there)) == 0;
  }

  bool connected() const { return connected_; }
  int fd() const { return socket_.get(); }

  bool start_tls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_.get());
    return SSL_connect(ssl_.get()) == 1;
  }

  /// False if the connection broke on the way.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void finish_sending() { ::shutdown(socket_.get(), SHUT_WR); }
  /// Ends the connection with a reset, as a crashed program does.
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    socket_.reset();
  }

  /// One more piece into the buffer. False at the end of the stream or after the time.
  bool receive(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    pollfd waiting{socket_.get(), POLLIN, 0};
    const bool pending = ssl_ && SSL_pending(ssl_.get()) > 0;
    if (!pending && ::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    std::string piece(65536, '\0');
    const auto got = ssl_ ? SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()))
                          : ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(piece, 0, static_cast<std::size_t>(got));
    return true;
  }

  /// True once the server has closed; drops what still comes.
  bool closed(std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    while (receive(patience)) buffer_.clear();
    return ended_;
  }

  /// True if nothing comes for this long and the connection stays open.
  bool silent(std::chrono::milliseconds time) { return buffer_.empty() && !receive(time) && !ended_; }

  std::string take(std::size_t count) {
    while (buffer_.size() < count && receive()) {
    }
    auto out = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return out;
  }

  std::string rest() {
    while (receive()) {
    }
    return std::exchange(buffer_, {});
  }

  /// Status 0 if none came. `head_only`: the answer to HEAD.
  Reply reply(bool head_only = false) {
    Reply reply;
    auto end = buffer_.find("\r\n\r\n");
    while (end == std::string::npos && receive()) end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    const auto head = take(end + 4);
    const auto lines = split(std::string_view(head).substr(0, end), '\n');
    const auto line = trim(lines.front());
    reply.status = static_cast<unsigned>(std::stoul(std::string(line.substr(9, 3))));
    reply.reason = line.size() > 13 ? line.substr(13) : "";
    for (const auto field : std::span(lines).subspan(1)) {
      const auto colon = field.find(':');
      reply.headers[lower(field.substr(0, colon))] = trim(field.substr(colon + 1));
    }
    const auto length = reply.headers.find("content-length");
    if (!head_only && reply.status != 304 && length != reply.headers.end())
      reply.body = take(std::stoull(length->second));
    return reply;
  }

  Reply ask(std::string_view request, bool head_only = false) {
    send(request);
    return reply(head_only);
  }
  Reply get(std::string_view path, std::string_view headers = "") {
    return ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) + "\r\n");
  }
  Reply post(std::string_view path, std::string_view body, std::string_view headers = "") {
    return ask("POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" + std::string(body));
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  static sockaddr_in address(std::string_view host, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    ::inet_pton(AF_INET, std::string(host).c_str(), &result.sin_addr);
    return result;
  }

  UniqueFd socket_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::string buffer_;
  bool connected_ = false;
  bool ended_ = false;
};

}  // namespace recast::http::test
