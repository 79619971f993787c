#include "http/stream.hpp"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

#include "http/tls.hpp"

namespace recast::http {

namespace {
bool is_transient() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }
}  // namespace

Stream::Stream(int fd, const TlsContext* tls) : fd_(fd) {
  if (tls == nullptr) return;
  ssl_ = tls->accept(fd);
  if (ssl_ == nullptr) throw std::bad_alloc();
}

Stream::~Stream() { SSL_free(ssl_); }

Stream::Status Stream::tls_status(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Status::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Status::want_write;
    default:
      return Status::closed;
  }
}

Stream::Status Stream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  return result == 1 ? Status::done : tls_status(result);
}

Stream::Transfer Stream::read(std::span<char> buffer) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_read(ssl_, buffer.data(), clamp(buffer.size()));
    if (result > 0) return {Status::done, static_cast<std::size_t>(result)};
    return {tls_status(result), 0};
  }
  const auto result = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (result > 0) return {Status::done, static_cast<std::size_t>(result)};
  return {result < 0 && is_transient() ? Status::want_read : Status::closed, 0};
}

Stream::Transfer Stream::write(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_write(ssl_, bytes.data(), clamp(bytes.size()));
    if (result > 0) return {Status::done, static_cast<std::size_t>(result)};
    return {tls_status(result), 0};
  }
  const auto result = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (result >= 0) return {Status::done, static_cast<std::size_t>(result)};
  return {is_transient() ? Status::want_write : Status::closed, 0};
}

void Stream::finish() {
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  ::shutdown(fd_, SHUT_WR);
}

void Stream::shut_down() { ::shutdown(fd_, SHUT_RDWR); }

std::uint64_t Stream::unsent() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

}  // namespace recast::http
