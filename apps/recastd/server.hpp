#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "options.hpp"

namespace recast::server {

/// The whole server: builds its parts in order, runs, and takes them down in reverse.
class Server {
 public:
  /// Starts everything and answers requests when it returns. Errors are fit for an operator.
  static Result<std::unique_ptr<Server>> start(const Options& options);
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  virtual std::uint16_t sync_port() const = 0;  ///< 0: none
  /// The administrator's key, if this was the first start; shown once, stored only as a hash.
  virtual const std::string& first_key() const = 0;
  /// Stops accepting, lets running tasks finish for scheduler.shutdown_seconds, puts the rest back.
  virtual void stop() = 0;
};

/// Makes a further administrator's key in the data folder, for an operator who lost the first. The server may be
/// running.
Result<std::string> create_administrator_key(const Options& options);

/// Checks the machine for `./dev doctor` and `recastd --doctor`: jail level and why, engines and versions, missing
/// ones.
int doctor(const Options& options);

}  // namespace recast::server
