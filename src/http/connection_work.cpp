#include <boost/asio/post.hpp>
#include <utility>

#include "http/connection.hpp"
#include "http/waiter.hpp"

namespace recast::http {

namespace {
constexpr std::size_t kMostWaitingCalls = 10'000;
}

/// Work that brings the connection back to its loop when it is done. The last reference must never die on the pool.
Pool::Work Connection::carried(Pool::Work work) {
  return [self = shared_from_this(), work = std::move(work)]() mutable {
    work();
    work = nullptr;
    auto& context = self->loop_.context;
    auto back = [self = std::move(self)] {
      self->working_ = false;
      self->wake();
    };
    asio::post(context, std::move(back));
  };
}

bool Connection::begin_work(Pool::Work work) {
  working_ = core_.handlers.try_post(carried(std::move(work)), kMostWaitingCalls);
  return working_;
}

void Connection::begin_admitted_work(Pool& pool, Pool::Work work) {
  working_ = true;
  pool.post(carried(std::move(work)));
}

/// False if the deadline came first: then the work goes on, and nothing but its own Call may be touched by it.
Task<bool> Connection::work_done(Steady deadline) {
  while (working_) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    co_await wait(deadline);
  }
  co_return true;
}

void Waiter::complete(Response response) {
  std::lock_guard lock(mutex_);
  if (!connection_) return;
  response_ = std::move(response);
  // Posted under the lock: close() and with it the end of the loop come after this.
  auto& context = connection_->loop().context;
  auto back = [connection = std::move(connection_)] { connection->wake(); };
  connection_.reset();
  asio::post(context, std::move(back));
}

std::optional<Response> Waiter::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(response_, std::nullopt);
}

void Waiter::close() {
  std::shared_ptr<Connection> dropped;
  std::lock_guard lock(mutex_);
  dropped.swap(connection_);
}

}  // namespace recast::http
