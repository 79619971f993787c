#pragma once

#include "engines/archivetool/worker/transfer.hpp"

namespace recast::engines::archivetool {

/// A file on the disk for content that has to be measured before it is written, or written several times.
class Spool {
 public:
  explicit Spool(int fd) : fd_(fd) {}

  /// What there was is gone. How many bytes there are now.
  Result<std::uint64_t> fill(const Content& content);
  Result<> read(const Take& take) const;

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

}  // namespace recast::engines::archivetool
