#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace recast {

/// Where randomness comes from. Safe to call from every thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  /// A lower-case UUID v4 (RFC 9562).
  std::string uuid();
  /// `length` characters of [A-Za-z0-9]: 5.95 bits each.
  std::string token(std::size_t length);
};

/// The kernel's generator (getrandom).
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

/// Repeats the same sequence for the same seed. For tests only.
class FakeRandom final : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}
  void fill(std::span<std::byte> bytes) override;

 private:
  std::uint64_t state_;
};

}  // namespace recast
