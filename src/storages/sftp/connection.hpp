#pragma once

#include <libssh/callbacks.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "net/client.hpp"
#include "storages/sftp/client.hpp"
#include "storages/sftp/handles.hpp"
#include "storages/sftp/host_keys.hpp"

namespace recast::storages::sftp {

/// How long things may take.
struct Terms {
  Deadline deadline = Deadline::never();
  std::stop_token stop;
  net::Patience patience;
};

/// One SSH connection with the channel of its SFTP subsystem. For one thread at a time. Never blocks longer than a
/// tenth of a second without a look at its terms.
class Connection final : public Channel {
 public:
  /// Connects under the outbound policy, checks the server's key, logs in. unavailable, invalid_credentials, timeout
  /// or cancelled.
  static Result<std::unique_ptr<Connection>> open(net::Client& net, const Access& access, const HostKeys& host_keys,
                                                  const Terms& terms);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Client& client() { return client_; }
  /// For what is done next.
  void set_terms(const Terms& terms);
  /// The server is gone, or not to be talked to any more.
  bool is_broken() const { return broken_; }

  Result<std::size_t> write(std::string_view bytes) override;
  Result<> read(std::string& bytes) override;
  Result<> wait() override;

 private:
  Connection(const Access& access, const Terms& terms) : access_(access), client_(*this) { set_terms(terms); }

  Result<> connect(net::Client& net, const HostKeys& host_keys, int kind);
  Result<> configure(const std::string& host);
  Result<> log_in();
  Result<int> by_key();
  Result<int> by_prompts();
  Result<> open_channel();
  /// Repeats a call of libssh's until its answer is another than `again`.
  Result<int> finish(const std::function<int()>& call, int again);
  Result<> check_terms();
  std::unexpected<Error> cut(std::string_view during);
  void progressed(std::size_t bytes) { window_bytes_ += bytes; }
  static int on_data(ssh_session session, ssh_channel channel, void* data, std::uint32_t length, int is_error,
                     void* self);

  const Access& access_;
  Terms terms_;
  std::chrono::steady_clock::time_point window_begin_;  ///< of the time in which too little may not come
  std::uint64_t window_bytes_ = 0;
  bool broken_ = false;
  std::string arrived_;
  SessionHandle session_;
  ssh_channel channel_ = nullptr;  ///< the session's
  ssh_channel_callbacks_struct callbacks_{};
  EventHandle event_;
  Client client_;
};

}  // namespace recast::storages::sftp
