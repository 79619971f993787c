#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/random.hpp"
#include "http/budget.hpp"
#include "http/census.hpp"
#include "http/pool.hpp"
#include "http/proxy.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/tls.hpp"

namespace recast::http {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kUseTask;

class Connection;

/// One thread that moves bytes. All that its connections do happens on it, one thing at a time.
struct Loop {
  asio::io_context context{1};
  asio::executor_work_guard<Executor> guard{context.get_executor()};
  std::unordered_set<Connection*> connections;
  std::array<char, 64 * 1024> scratch;  ///< shared by all connections: holds bytes only between a read and its use
  std::thread thread;
};

/// A listener as its connections see it.
struct Origin {
  std::string name;
  std::shared_ptr<const TlsContext> tls;  ///< nullptr if plain
  std::uint16_t port = 0;
  std::uint16_t main_port = 0;  ///< of the first listener
};

inline constexpr std::uint64_t kBodyMemory = 1ULL << 30;

/// What all connections share. Lives longer than each of them.
struct Core {
  Core(Settings the_settings, const Router& the_router, TrustedProxies the_proxies)
      : settings(std::move(the_settings)),
        router(the_router),
        proxies(std::move(the_proxies)),
        census(settings.connections, settings.connections_per_address),
        bodies(std::max<std::uint64_t>(kBodyMemory, 4 * static_cast<std::uint64_t>(settings.body_bytes))),
        handlers(settings.handler_threads),
        uploads(settings.upload_threads) {}

  const Settings settings;
  const Router& router;
  const TrustedProxies proxies;
  SystemRandom random;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> websockets = 0;
  std::atomic<std::size_t> waiting = 0;
  Census census;
  Budget bodies;  ///< memory of the bodies that are not streamed
  Pool handlers;
  Pool uploads;  ///< of its own, because sinks wait for the disk
};

}  // namespace recast::http
