#pragma once

#include <chrono>
#include <cstdint>

namespace recast {

/// What one engine step may use. Part of every plan; an operator's settings lower them, never raise an engine's own.
struct Limits {
  std::chrono::seconds wall{18000};    ///< time on the clock; the task's own `timeout` may be less
  std::chrono::seconds cpu{18000};     ///< processor seconds of one process
  std::uint64_t memory = 4ULL << 30;   ///< bytes of writable memory of one process (RLIMIT_DATA)
  std::uint64_t output = 10ULL << 30;  ///< bytes of one file, and of all files of the step together
  std::uint32_t files = 10'000;        ///< files the step may leave
  std::uint32_t descriptors = 256;     ///< open files of one process
  std::uint32_t processes = 64;        ///< processes and threads of the step
};

}  // namespace recast
