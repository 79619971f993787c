#pragma once

#include <sys/types.h>

#include <memory>

#include "base/result.hpp"
#include "client.hpp"

namespace recast::cli {

/// A private recastd for one run of the command line: its own temporary folder, a free port on 127.0.0.1, a key of its
/// own. Ends with this object, and with this process if that is killed; its folder is removed.
class Embedded {
 public:
  /// Takes a few seconds: resident engines are loaded. `verbose` lets the server's log through.
  static Result<std::unique_ptr<Embedded>> start(bool verbose);
  ~Embedded();
  Embedded(const Embedded&) = delete;
  Embedded& operator=(const Embedded&) = delete;

  const Endpoint& endpoint() const { return endpoint_; }

 private:
  Embedded() = default;
  Result<> wait_until_ready();
  fs::path folder_;
  pid_t process_ = -1;
  Endpoint endpoint_;
};

}  // namespace recast::cli
