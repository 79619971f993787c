#include "base/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace recast {

std::size_t distance(std::string_view one, std::string_view other) {
  using Row = std::vector<std::size_t>;
  std::array<Row, 3> rows{Row(other.size() + 1), Row(other.size() + 1), Row(other.size() + 1)};
  auto& [before, above, now] = rows;
  for (std::size_t column = 0; column <= other.size(); ++column) now[column] = column;
  for (std::size_t line = 1; line <= one.size(); ++line) {
    std::swap(before, above);
    std::swap(above, now);
    now[0] = line;
    for (std::size_t column = 1; column <= other.size(); ++column) {
      const bool same = one[line - 1] == other[column - 1];
      now[column] = std::min({above[column] + 1, now[column - 1] + 1, above[column - 1] + (same ? 0 : 1)});
      const bool swapped =
          line > 1 && column > 1 && one[line - 1] == other[column - 2] && one[line - 2] == other[column - 1];
      if (swapped) now[column] = std::min(now[column], before[column - 2] + 1);
    }
  }
  return now[other.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string> words) {
  std::string_view best;
  auto least = std::string_view::npos;
  for (const auto& candidate : words) {
    const auto allowed = candidate.size() / 3;
    const auto longer = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (longer > allowed) continue;  // so a word of any length costs no more than the candidates do
    const auto found = distance(word, candidate);
    if (found > allowed || found >= least) continue;
    best = candidate;
    least = found;
  }
  return best;
}

}  // namespace recast
