#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>

#include "base/clock.hpp"
#include "http/proxy.hpp"

namespace recast::http {

/// How many connections there are, in all and from each address.
class Census {
 public:
  Census(int most, int most_per_address) : most_(most), most_per_address_(most_per_address) {}

  /// `trusted` peers (proxies) are counted in all, but not per address.
  bool admit(const AddressBytes& peer, bool trusted);
  void leave(const AddressBytes& peer, bool trusted);
  std::size_t admitted() const;

  /// Connection objects, refused ones included.
  void born();
  void died();
  std::size_t living() const;
  bool wait_for_none(Steady until);

 private:
  /// An IPv6 client owns a whole /64.
  static AddressBytes key(AddressBytes peer);

  const int most_;
  const int most_per_address_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t admitted_ = 0;
  std::size_t living_ = 0;
  std::map<AddressBytes, int> per_address_;
};

}  // namespace recast::http
