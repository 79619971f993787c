#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "net/client.hpp"
#include "net/session.hpp"

namespace recast::server {

/// An outbound client that is given its policy once the server knows the ports it listens on, which the policy refuses.
/// Transfers that begin earlier wait for it.
class LateClient final : public net::Client {
 public:
  void set(std::unique_ptr<net::Client> client) {
    std::lock_guard lock(mutex_);
    client_ = std::move(client);
    ready_.notify_all();
  }
  Result<net::Downloaded> download(const net::Download& request, Deadline deadline, std::stop_token stop) override {
    auto* const client = wait(deadline, stop);
    if (client == nullptr) return fail(ErrorCode::unavailable, "The server is starting.");
    return client->download(request, deadline, std::move(stop));
  }
  Result<net::Answer> exchange(const net::Exchange& request, Deadline deadline, std::stop_token stop) override {
    auto* const client = wait(deadline, stop);
    if (client == nullptr) return fail(ErrorCode::unavailable, "The server is starting.");
    return client->exchange(request, deadline, std::move(stop));
  }
  std::unique_ptr<net::Proxy> proxy(UniqueFd listener, Deadline deadline, std::stop_token stop) override {
    auto* const client = wait(deadline, stop);
    return client == nullptr ? nullptr : client->proxy(std::move(listener), deadline, std::move(stop));
  }
  std::unique_ptr<net::Session> session(Deadline deadline, std::stop_token stop) override {
    auto* const client = wait(deadline, stop);
    return client == nullptr ? nullptr : client->session(deadline, std::move(stop));
  }
  Result<UniqueFd> connect(const net::Place& place, Deadline deadline, std::stop_token stop) override {
    auto* const client = wait(deadline, stop);
    if (client == nullptr) return fail(ErrorCode::unavailable, "the server is starting");
    return client->connect(place, deadline, std::move(stop));
  }
  net::Patience patience() override {
    std::lock_guard lock(mutex_);
    return client_ == nullptr ? net::Patience() : client_->patience();
  }

 private:
  net::Client* wait(Deadline deadline, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, stop, std::min(deadline.at(), std::chrono::steady_clock::now() + std::chrono::seconds(60)),
                      [this] { return client_ != nullptr; });
    return client_.get();
  }

  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::unique_ptr<net::Client> client_;
};

}  // namespace recast::server
