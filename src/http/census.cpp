#include "http/census.hpp"

#include <algorithm>

namespace recast::http {

AddressBytes Census::key(AddressBytes peer) {
  const bool mapped = std::all_of(peer.begin(), peer.begin() + 10, [](unsigned char byte) { return byte == 0; });
  if (!mapped) std::fill(peer.begin() + 8, peer.end(), static_cast<unsigned char>(0));
  return peer;
}

bool Census::admit(const AddressBytes& peer, bool trusted) {
  std::lock_guard lock(mutex_);
  if (admitted_ >= static_cast<std::size_t>(most_)) return false;
  if (!trusted) {
    auto& here = per_address_[key(peer)];
    if (here >= most_per_address_) return false;
    ++here;
  }
  ++admitted_;
  return true;
}

void Census::leave(const AddressBytes& peer, bool trusted) {
  std::lock_guard lock(mutex_);
  --admitted_;
  if (trusted) return;
  const auto found = per_address_.find(key(peer));
  if (found != per_address_.end() && --found->second == 0) per_address_.erase(found);
}

std::size_t Census::admitted() const {
  std::lock_guard lock(mutex_);
  return admitted_;
}

void Census::born() {
  std::lock_guard lock(mutex_);
  ++living_;
}

void Census::died() {
  std::lock_guard lock(mutex_);
  --living_;
  if (living_ == 0) changed_.notify_all();
}

std::size_t Census::living() const {
  std::lock_guard lock(mutex_);
  return living_;
}

bool Census::wait_for_none(Steady until) {
  std::unique_lock lock(mutex_);
  const auto none = [this] { return living_ == 0; };
  // wait_until(time_point::max()) overflows inside the library.
  if (until == Steady::max()) {
    changed_.wait(lock, none);
    return true;
  }
  return changed_.wait_until(lock, until, none);
}

}  // namespace recast::http
