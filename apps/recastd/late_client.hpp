#pragma once

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "net/client.hpp"
#include "net/session.hpp"

namespace recast::server {

/// An outbound client that is given its policy once the server knows the ports it listens on, which the policy refuses.
/// Transfers that begin earlier wait for it, those of on_behalf_of() too.
class LateClient final : public net::Client {
 public:
  LateClient() : late_(std::make_shared<Late>()) {}

  void set(std::unique_ptr<net::Client> client) {
    std::lock_guard lock(late_->mutex);
    late_->client = std::move(client);
    late_->ready.notify_all();
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
    std::lock_guard lock(late_->mutex);
    return late_->client == nullptr ? net::Patience() : late_->client->patience();
  }
  std::unique_ptr<net::Client> on_behalf_of(const net::Purpose& purpose) override {
    auto client = std::make_unique<LateClient>();
    client->late_ = late_;
    client->purpose_ = purpose;
    return client;
  }

 private:
  struct Late {
    std::mutex mutex;
    std::condition_variable_any ready;
    std::unique_ptr<net::Client> client;
  };

  net::Client* wait(Deadline deadline, const std::stop_token& stop) {
    std::unique_lock lock(late_->mutex);
    late_->ready.wait_until(lock, stop,
                            std::min(deadline.at(), std::chrono::steady_clock::now() + std::chrono::seconds(60)),
                            [this] { return late_->client != nullptr; });
    if (late_->client == nullptr || !purpose_) return late_->client.get();
    if (!own_) own_ = late_->client->on_behalf_of(*purpose_);
    return own_ ? own_.get() : late_->client.get();
  }

  std::shared_ptr<Late> late_;
  std::optional<net::Purpose> purpose_;  ///< of one task's
  std::unique_ptr<net::Client> own_;     ///< for that; guarded by late_->mutex
};

}  // namespace recast::server
