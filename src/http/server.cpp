#include "http/server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>

#include "base/log.hpp"
#include "http/connection.hpp"

namespace recast::http {

namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

constexpr std::size_t kMostRefusals = 256;  // connections that are told that there are too many
constexpr std::chrono::milliseconds kAcceptPause{100};

AddressBytes bytes_of(const asio::ip::address& address) {
  if (address.is_v6()) return address.to_v6().to_bytes();
  return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

/// A peer that vanished without a word is noticed after about two minutes.
void set_options(Socket& socket) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&socket](int option, int value) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof(value));
  };
  set(TCP_KEEPIDLE, 60);
  set(TCP_KEEPINTVL, 15);
  set(TCP_KEEPCNT, 4);
}

/// Runs until the loop is told to stop. An exception ends one handler, not the loop.
void run_loop(Loop& loop) {
  while (true) {
    try {
      loop.context.run();
      return;
    } catch (const std::exception& exception) {
      log::error("a handler of the event loop failed", {{"reason", exception.what()}});
    }
  }
}

Result<> bind(Acceptor& acceptor, const Listener& listener) {
  error_code error;
  const auto address = asio::ip::make_address(listener.address, error);
  if (error) return fail(ErrorCode::invalid_data, "\"" + listener.address + "\" is not an address.", listener.name);
  const asio::ip::tcp::endpoint endpoint(address, listener.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(1024, error);
  if (!error) return {};
  return fail(
      ErrorCode::unavailable,
      listener.address + ":" + std::to_string(listener.port) + " cannot be listened on: " + error.message() + ".",
      listener.name);
}

Result<std::shared_ptr<const TlsContext>> tls_of(const Listener& listener) {
  if (!listener.certificate.empty()) return TlsContext::open(listener.certificate, listener.key);
  if (listener.key.empty()) return nullptr;
  return fail(ErrorCode::invalid_data, "A key needs its certificate, too.", "certificate");
}

/// One listening socket and the coroutine that accepts from it.
class Entrance {
 public:
  Entrance(Core& core, std::vector<std::unique_ptr<Loop>>& loops, Origin origin)
      : core_(core),
        loops_(loops),
        origin_(std::move(origin)),
        acceptor_(loops.front()->context),
        pause_(loops.front()->context) {}

  Result<> listen(const Listener& listener) {
    RECAST_CHECK(bind(acceptor_, listener));
    error_code error;
    port_ = acceptor_.local_endpoint(error).port();
    return {};
  }

  const Origin& origin() const { return origin_; }
  /// Before it opens.
  void set_main_port(std::uint16_t port) {
    origin_.port = port_;
    origin_.main_port = port;
  }
  std::uint16_t port() const { return port_; }

  void open() {
    asio::co_spawn(loops_.front()->context, run(), [](const std::exception_ptr& error) {
      if (error) log::error("a listener ended with an exception");
    });
  }
  /// On the first loop's thread.
  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  Task<void> run() {
    while (!core_.stopping) {
      auto& loop = *loops_[next_++ % loops_.size()];
      error_code error;
      Socket socket(loop.context);
      auto token = asio::redirect_error(kUseTask, error);
      co_await acceptor_.async_accept(socket, token);
      if (!error) {
        welcome(loop, std::move(socket));
      } else if (!core_.stopping) {
        // Out of descriptors or memory: give the others time to end.
        if (error != asio::error::connection_aborted) log::warning("accept failed", {{"reason", error.message()}});
        pause_.expires_after(kAcceptPause);
        co_await pause_.async_wait(token);
      }
    }
  }

  void welcome(Loop& loop, Socket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return;  // already gone
    set_options(socket);
    const auto peer = bytes_of(endpoint.address());
    const bool admitted = core_.census.admit(peer, core_.proxies.contains(peer));
    if (!admitted && core_.census.living() > core_.census.admitted() + kMostRefusals) return;
    const auto admission = admitted ? Connection::Admission::granted : Connection::Admission::refused;
    std::shared_ptr<Connection> connection;
    try {
      connection = std::make_shared<Connection>(core_, loop, origin_, std::move(socket), peer, admission);
    } catch (const std::exception& exception) {
      log::error("a connection could not be set up", {{"reason", exception.what()}});
      if (admitted) core_.census.leave(peer, core_.proxies.contains(peer));
      return;
    }
    auto begin = [connection = std::move(connection)] { connection->start(); };
    asio::post(loop.context, std::move(begin));
  }

  Core& core_;
  std::vector<std::unique_ptr<Loop>>& loops_;
  Origin origin_;
  Acceptor acceptor_;
  Timer pause_;
  std::size_t next_ = 0;
  std::uint16_t port_ = 0;
};

class AsioServer final : public Server {
 public:
  AsioServer(Settings settings, const Router& router, TrustedProxies proxies)
      : core_(std::move(settings), router, std::move(proxies)) {
    for (int i = 0; i < core_.settings.threads; ++i) loops_.push_back(std::make_unique<Loop>());
  }
  ~AsioServer() override { stop(Deadline::in(std::chrono::milliseconds(0))); }

  Result<> listen(const std::vector<Listener>& listeners) {
    for (const auto& listener : listeners) {
      Origin origin{.name = listener.name, .tls = nullptr};
      RECAST_TRY(origin.tls, tls_of(listener));
      entrances_.push_back(std::make_unique<Entrance>(core_, loops_, std::move(origin)));
      RECAST_CHECK(entrances_.back()->listen(listener));
    }
    return {};
  }

  void run() {
    for (const auto& entrance : entrances_) {
      entrance->set_main_port(entrances_.front()->port());
      entrance->open();
    }
    for (const auto& loop : loops_) loop->thread = std::thread([&one = *loop] { run_loop(one); });
  }

  std::uint16_t port(std::string_view listener) const override {
    for (const auto& entrance : entrances_) {
      if (entrance->origin().name == listener) return entrance->port();
    }
    return 0;
  }

  void stop(Deadline deadline) override {
    std::lock_guard lock(stop_mutex_);
    if (std::exchange(stopped_, true)) return;
    core_.stopping = true;
    if (!entrances_.empty()) {
      auto close = [this] {
        for (const auto& entrance : entrances_) entrance->close();
      };
      asio::post(loops_.front()->context, std::move(close));
    }
    tell_all(&Connection::stop);
    if (!core_.census.wait_for_none(deadline.at())) {
      tell_all(&Connection::abort);
      core_.census.wait_for_none(Steady::max());
    }
    core_.handlers.join();
    core_.uploads.join();
    for (const auto& loop : loops_) {
      loop->guard.reset();
      if (loop->thread.joinable()) loop->thread.join();
    }
  }

  Figures figures() const override { return {core_.census.admitted(), core_.websockets.load(), core_.waiting.load()}; }

 private:
  void tell_all(void (Connection::*what)()) {
    for (const auto& loop : loops_) {
      auto tell = [what, &one = *loop] {
        for (auto* const connection : one.connections) (connection->*what)();
      };
      asio::post(loop->context, std::move(tell));
    }
  }

  std::vector<std::unique_ptr<Loop>> loops_;
  Core core_;
  std::vector<std::unique_ptr<Entrance>> entrances_;
  std::mutex stop_mutex_;
  bool stopped_ = false;
};

}  // namespace

Result<> Server::check(const std::vector<Listener>& listeners) {
  asio::io_context context;
  for (const auto& listener : listeners) {
    RECAST_TRY([[maybe_unused]] const auto tls, tls_of(listener));
    Acceptor acceptor(context);
    RECAST_CHECK(bind(acceptor, listener));
  }
  return {};
}

Result<std::unique_ptr<Server>> Server::start(Settings settings, std::vector<Listener> listeners,
                                              const Router& router) {
  RECAST_TRY(auto proxies, TrustedProxies::parse(settings.trusted_proxies));
  auto server = std::make_unique<AsioServer>(std::move(settings), router, std::move(proxies));
  RECAST_CHECK(server->listen(listeners));
  server->run();
  return server;
}

}  // namespace recast::http
