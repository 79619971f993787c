#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;

namespace recast::http {

class TlsContext;

/// Non-blocking reads and writes on a connected socket, plain or through TLS. Waiting for the socket is the caller's
/// work; nothing is buffered here while the connection is idle. The descriptor is not owned.
class Stream {
 public:
  enum class Status {
    done,
    want_read,   ///< try again when the socket is readable
    want_write,  ///< try again when the socket is writable
    closed,      ///< the peer is gone, or what it sent is not TLS
  };
  struct Transfer {
    Status status = Status::done;
    std::size_t bytes = 0;
  };

  /// Plain if `tls` is nullptr.
  Stream(int fd, const TlsContext* tls);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool secure() const { return ssl_ != nullptr; }
  Status handshake();
  /// `done` with at least one byte, or another status.
  Transfer read(std::span<char> buffer);
  /// May take fewer bytes than offered. A repeated write offers at least the same bytes.
  Transfer write(std::string_view bytes);
  /// No more will be written: the peer reads an end.
  void finish();
  /// Both directions end now; whoever waits for the socket wakes up.
  void shut_down();
  /// Bytes the kernel holds which the peer has not acknowledged.
  std::uint64_t unsent() const;

 private:
  Status tls_status(int result);

  int fd_;
  ssl_st* ssl_ = nullptr;
};

}  // namespace recast::http
