#pragma once

#include <filesystem>
#include <memory>

#include "base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace recast::http {

/// Certificate, key and policy of a listener: TLS 1.2 and up, HTTP/1.1 by ALPN, no renegotiation.
class TlsContext {
 public:
  /// invalid_data if a file cannot be read or the two do not belong together.
  static Result<std::shared_ptr<const TlsContext>> open(const std::filesystem::path& certificate,
                                                        const std::filesystem::path& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A server side of one connection on this socket; never raises SIGPIPE. nullptr if there is no memory.
  ssl_st* accept(int fd) const;

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace recast::http
