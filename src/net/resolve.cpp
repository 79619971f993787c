#include "net/resolve.hpp"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include "base/guarded.hpp"

namespace recast::net {

namespace {

using namespace std::chrono_literals;

/// What a lookup leaves. Shared with the thread that makes it, which may outlive the wait: getaddrinfo cannot be
/// stopped.
struct Lookup {
  struct FreeList {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
  };
  std::mutex mutex;
  std::condition_variable_any ended;
  bool done = false;
  std::unique_ptr<addrinfo, FreeList> list;
};

std::shared_ptr<Lookup> start(std::string host, std::string service) {
  auto lookup = std::make_shared<Lookup>();
  std::thread([lookup, host = std::move(host), service = std::move(service)] {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failed = getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
    const std::lock_guard lock(lookup->mutex);
    if (failed == 0) lookup->list.reset(list);
    lookup->done = true;
    lookup->ended.notify_all();
  }).detach();
  return lookup;
}

}  // namespace

Failure check_addresses(const Environment& environment, const Url& url, Deadline deadline,
                        const std::stop_token& stop) {
  std::string host = url.host();
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  const auto lookup = start(std::move(host), std::to_string(url.port()));
  std::unique_lock lock(lookup->mutex);
  lookup->ended.wait_for(lock, stop, deadline.left(15s), [&] { return lookup->done; });
  if (stop.stop_requested()) return Failure::cancelled;
  if (deadline.expired()) return Failure::deadline;
  if (!lookup->done || !lookup->list) return Failure::no_connection;
  for (const auto* at = lookup->list.get(); at != nullptr; at = at->ai_next) {
    if (!environment.policy.allows(at->ai_addr, url.host(), url.port())) return Failure::not_allowed;
  }
  for (const auto* at = lookup->list.get(); at != nullptr; at = at->ai_next)
    note_internal(environment, url, at->ai_addr);
  return Failure::none;
}

}  // namespace recast::net
