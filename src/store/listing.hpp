#pragma once

#include <cstdint>
#include <vector>

namespace recast::store {

struct Page {
  std::int64_t number = 1;  ///< from 1
  std::int64_t size = 100;
};
template <class T>
struct Listing {
  std::vector<T> items;
  bool more = false;  ///< there is a next page
  Page page;  ///< as it was answered: shorter than asked for, and numbered to match, where that would be too much
};

}  // namespace recast::store
