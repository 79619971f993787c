#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <thread>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "base/unique_handle.hpp"
#include "net/client.hpp"

namespace recast::execution {

/// A worker's way out while it runs one step: waits for the listening socket the worker sends over `channel`, and
/// serves it as a proxy under the outbound policy.
class Outbound {
 public:
  Outbound(net::Client& client, UniqueFd channel, Deadline deadline, std::stop_token stop);
  ~Outbound();
  /// Ends all connections. Tells the report what was loaded and refused: members `bytes_loaded` and `blocked`.
  void end(boost::json::object* report);

 private:
  void wait_for_listener();

  net::Client& client_;
  UniqueFd channel_;
  Deadline deadline_;
  std::stop_token stop_;
  Guarded<std::unique_ptr<net::Proxy>> proxy_;
  std::jthread waiting_;
};

}  // namespace recast::execution
