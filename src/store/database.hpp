#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/key_cache.hpp"
#include "store/readers.hpp"
#include "store/rows.hpp"
#include "store/writer.hpp"

namespace recast::store {

/// What every part of the store works with. The parts are made by SqlStore and end before it.
struct Database {
  Readers& readers;
  Writer& writer;
  Sealing& sealing;
  const Clock& clock;
  Random& random;
  KeyCache& keys;
  std::optional<std::int64_t> initial_credits;  ///< of a new user; none: unlimited
};

}  // namespace recast::store
