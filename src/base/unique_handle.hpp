#pragma once

#include <unistd.h>

#include <utility>

namespace recast {

/// Owns one handle of a C interface. `Traits` has `type`, `invalid()` and `close(type)`.
/// Move assignment closes what it overwrites.
template <class Traits>
class UniqueHandle {
 public:
  using type = typename Traits::type;

  UniqueHandle() = default;
  explicit UniqueHandle(type value) : value_(value) {}
  UniqueHandle(UniqueHandle&& other) noexcept : value_(other.release()) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~UniqueHandle() { reset(); }

  type get() const { return value_; }
  explicit operator bool() const { return value_ != Traits::invalid(); }
  type release() { return std::exchange(value_, Traits::invalid()); }
  void reset(type value = Traits::invalid()) {
    if (value_ != Traits::invalid()) Traits::close(value_);
    value_ = value;
  }

 private:
  type value_ = Traits::invalid();
};

struct FdTraits {
  using type = int;
  static constexpr int invalid() { return -1; }
  static void close(int fd) { ::close(fd); }
};

/// A file descriptor that closes itself.
using UniqueFd = UniqueHandle<FdTraits>;

}  // namespace recast
