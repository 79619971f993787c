#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "http/message.hpp"

namespace recast::http {

class Connection;

/// Where the answer of a Deferred arrives, from any thread. Whoever calls it may outlive connection and server.
class Waiter {
 public:
  explicit Waiter(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  /// The first call before close() wakes the connection; all others do nothing.
  void complete(Response response);
  /// The answer, once it is there.
  std::optional<Response> take();
  /// From now on complete() does nothing. On the connection's loop.
  void close();

 private:
  std::mutex mutex_;
  std::shared_ptr<Connection> connection_;  // empty as soon as an answer or the end has come
  std::optional<Response> response_;
};

}  // namespace recast::http
