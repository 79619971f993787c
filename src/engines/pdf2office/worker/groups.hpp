#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace recast::engines::pdf2office {

/// Things that belong together, by number.
class Groups {
 public:
  explicit Groups(std::size_t count) : parents_(count) { std::iota(parents_.begin(), parents_.end(), std::size_t{0}); }

  void join(std::size_t one, std::size_t other) { parents_[find(one)] = find(other); }

  /// Every group's members; groups in the order of their first ones.
  std::vector<std::vector<std::size_t>> all() {
    std::vector<std::vector<std::size_t>> result;
    std::vector<std::size_t> places(parents_.size(), parents_.size());
    for (std::size_t i = 0; i < parents_.size(); ++i) {
      auto& place = places[find(i)];
      if (place == parents_.size()) {
        place = result.size();
        result.emplace_back();
      }
      result[place].push_back(i);
    }
    return result;
  }

 private:
  std::size_t find(std::size_t one) {
    while (parents_[one] != one) {
      parents_[one] = parents_[parents_[one]];
      one = parents_[one];
    }
    return one;
  }

  std::vector<std::size_t> parents_;
};

}  // namespace recast::engines::pdf2office
