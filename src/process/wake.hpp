#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/result.hpp"
#include "base/unique_handle.hpp"

namespace recast::process {

/// A descriptor that becomes readable when another thread calls wake().
class Wake {
 public:
  static Result<Wake> make() {
    Wake wake;
    wake.fd_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.fd_) return std::unexpected(from_errno(errno, "eventfd"));
    return wake;
  }
  int descriptor() const { return fd_.get(); }
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
  }
  void clear() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(fd_.get(), &count, sizeof count);
  }

 private:
  UniqueFd fd_;
};

}  // namespace recast::process
