#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "account/account.hpp"
#include "base/clock.hpp"
#include "base/guarded.hpp"

namespace recast::store {

/// Who keys belong to, by the hash of their token. An entry lives for ten seconds, so that a key revoked by another
/// program is refused soon; a revocation through this store empties the cache at once.
class KeyCache {
 public:
  explicit KeyCache(const Clock& clock) : clock_(clock) {}

  std::optional<account::Principal> find(const std::string& hash) const;
  /// `generation` as it was before the rows were read: what was read before a revocation is not kept after it.
  void put(const std::string& hash, const account::Principal& principal, std::uint64_t generation);
  void clear();
  std::uint64_t generation() const;

 private:
  struct Entry {
    account::Principal principal;
    Steady until;
  };
  struct State {
    std::unordered_map<std::string, Entry> entries;
    std::uint64_t generation = 0;
  };
  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace recast::store
