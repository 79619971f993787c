#pragma once

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
};

}  // namespace recast::store
