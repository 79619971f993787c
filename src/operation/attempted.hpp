#pragma once

#include <chrono>

namespace recast::operation {

/// What a task's context may tell beside TaskContext, for those who leave something with other servers: an attempt
/// whose server was killed could not clean up.
class Attempted {
 public:
  virtual ~Attempted() = default;
  virtual int attempt() const = 0;  ///< from 1
  virtual std::chrono::system_clock::time_point created() const = 0;
};

}  // namespace recast::operation
