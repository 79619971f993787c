#include "execution/outbound.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <boost/json/array.hpp>
#include <cerrno>

#include "process/wire.hpp"

namespace recast::execution {

Outbound::Outbound(net::Client& client, UniqueFd channel, Deadline deadline, std::stop_token stop)
    : client_(client), channel_(std::move(channel)), deadline_(deadline), stop_(std::move(stop)), waiting_([this] {
        wait_for_listener();
      }) {}

Outbound::~Outbound() { end(nullptr); }

void Outbound::end(boost::json::object* report) {
  ::shutdown(channel_.get(), SHUT_RDWR);  // ends the wait
  if (waiting_.joinable()) waiting_.join();
  const auto proxy = proxy_.with([](auto& held) { return std::exchange(held, nullptr); });
  if (!proxy || report == nullptr) return;
  const auto traffic = proxy->traffic();
  (*report)["bytes_loaded"] = traffic.bytes;
  if (traffic.exhausted) (*report)["load_limit_reached"] = true;
  if (traffic.refused.empty()) return;
  auto& blocked = (*report)["blocked"];
  if (!blocked.is_array()) blocked = boost::json::array();
  for (const auto& host : traffic.refused) blocked.get_array().emplace_back(host);
}

void Outbound::wait_for_listener() {
  for (;;) {
    pollfd one{channel_.get(), POLLIN, 0};
    if (::poll(&one, 1, -1) < 0 && errno != EINTR) return;
    auto received = process::receive_message(channel_.get());
    if (received.state == process::Received::State::closed) return;
    if (received.state == process::Received::State::nothing) continue;
    if (received.message.descriptors.size() != 1) return;
    auto proxy = client_.proxy(std::move(received.message.descriptors.front()), deadline_, stop_);
    proxy_.with([&](auto& held) { held = std::move(proxy); });
    return;
  }
}

}  // namespace recast::execution
