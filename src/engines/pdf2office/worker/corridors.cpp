#include "engines/pdf2office/worker/corridors.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>

#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kCross = 0.1;  // share of the rows that may cross
constexpr double kFar = 1e9;
constexpr double kWidestSpace = 0.6;  // em

using Region = std::vector<Line>;

/// The words of a row next to a place, one on either side.
struct Neighbours {
  const Word* left = nullptr;
  const Word* right = nullptr;

  void offer_left(const Word* word) {
    if (left == nullptr || word->x1 > left->x1) left = word;
  }
  void offer_right(const Word* word) {
    if (right == nullptr || word->x0 < right->x0) right = word;
  }
  bool both() const { return left != nullptr && right != nullptr; }
  double gap() const { return right->x0 - left->x1; }
};

double median_size(const Region& region) {
  std::vector<double> sizes;
  for (const auto& line : region) {
    for (const auto* word : line.words) sizes.push_back(word->size);
  }
  std::ranges::sort(sizes);
  return sizes[sizes.size() / 2];
}

/// Stretches of x where at most `allowed` rows have a word.
std::vector<Corridor> free_stretches(const Region& region, std::size_t allowed) {
  struct Event {
    double x;
    int step;
    std::size_t row;
  };
  std::vector<Event> events;
  for (std::size_t i = 0; i < region.size(); ++i) {
    for (const auto* word : region[i].words) {
      events.push_back({word->x0, 1, i});
      events.push_back({word->x1, -1, i});
    }
  }
  std::ranges::stable_sort(
      events, [](const Event& a, const Event& b) { return std::tuple(a.x, -a.step) < std::tuple(b.x, -b.step); });
  std::vector<int> depths(region.size());
  std::size_t open = 0;
  std::optional<double> start;
  std::vector<Corridor> result;
  for (const auto& event : events) {
    const auto before = open;
    auto& depth = depths[event.row];
    open -= depth != 0 ? 1 : 0;
    depth += event.step;
    open += depth != 0 ? 1 : 0;
    if (before > allowed && open <= allowed) {
      start = event.x;
    } else if (before <= allowed && open > allowed && start) {
      result.emplace_back(*start, event.x);
      start.reset();
    }
  }
  return result;
}

/// Whether a side of a place would have two chunks of a row in one column.
bool is_doubled(const Words& row, double from, double to) {
  const Word* last = nullptr;
  for (const auto* word : row) {
    if (word->x0 < from || word->x1 > to) continue;
    if (last != nullptr && word->x0 - last->x1 > kChunkGap * last->size) return true;
    last = word;
  }
  return false;
}

/// The cleanest part of a free stretch: which the fewest rows cross, then which leaves the fewest rows with two chunks
/// on one side, then in which the fewest spaces between words lie, then the widest. A heading may reach into what its
/// column's numbers leave free.
Corridor best_part(const Region& region, const Corridor& free, double before, double after, bool real_spaces) {
  const auto [low, high] = free;
  Words inside;
  std::set<double> marks{low, high};
  for (const auto& line : region) {
    for (const auto* word : line.words) {
      if (word->x1 <= low || word->x0 >= high) continue;
      inside.push_back(word);
      for (const auto x : {word->x0, word->x1}) {
        if (x > low && x < high) marks.insert(x);
      }
    }
  }
  using Key = std::tuple<long, int, int, double>;
  std::optional<Key> best_key;
  Corridor best = free;
  for (auto at = marks.begin(); std::next(at) != marks.end(); ++at) {
    const auto a = *at, b = *std::next(at), centre = (a + b) / 2;
    const auto crossing =
        std::ranges::count_if(inside, [&](const Word* word) { return word->x0 < centre && centre < word->x1; });
    if (best_key && crossing > std::get<0>(*best_key)) continue;
    int spaces = 0, doubled = 0;
    for (const auto& line : region) {
      Neighbours beside;
      for (const auto* word : line.words) {
        if (word->x1 <= centre) beside.offer_left(word);
        if (word->x0 >= centre) beside.offer_right(word);
      }
      if (beside.both() && beside.left->after == (real_spaces ? After::space : After::gap) &&
          beside.gap() <= kWidestSpace * beside.left->size) {
        ++spaces;
      }
      doubled += is_doubled(line.words, before, centre) ? 1 : 0;
      doubled += is_doubled(line.words, centre, after) ? 1 : 0;
    }
    const Key key{crossing, doubled, spaces, a - b};
    if (best_key && key >= *best_key) continue;
    best_key = key;
    best = {a, b};
  }
  return best;
}

/// How wide (em) a corridor must be to part columns, by the number of rows that agree on it.
double wanted_width(std::size_t rows) {
  if (rows < 3) return 1.0;
  return rows < 6 ? 0.6 : 0.2;
}

/// Whether what stands left and right of a corridor belongs to two columns.
bool parts_columns(const Region& region, const Corridor& corridor, double width, double em, bool real_spaces) {
  const auto centre = middle(corridor);
  std::size_t gaps = 0, spaces = 0, bare = 0;
  for (const auto& line : region) {
    Neighbours beside;
    bool crossed = false;
    for (const auto* word : line.words) {
      if (word->x1 <= corridor.second) beside.offer_left(word);
      if (word->x0 >= corridor.first) beside.offer_right(word);
      crossed = crossed || (word->x0 < centre && centre < word->x1);
    }
    if (!beside.both() || crossed) continue;
    ++gaps;
    const bool hard = real_spaces && beside.left->after != After::space;
    bare += hard ? 1 : 0;
    spaces += !hard && beside.gap() / em <= (real_spaces ? kWidestSpace : 0.45) ? 1 : 0;
  }
  if (gaps < 2 && width < 1.5 * em) return false;
  const bool certain = bare >= 2 && 2 * bare >= gaps;
  const auto wanted = certain ? 0.1 : wanted_width(gaps);
  return width >= wanted * em && (gaps == 0 || static_cast<double>(spaces) < 0.8 * static_cast<double>(gaps));
}

/// Whether every group of words on one side hangs on the other by a space: the end of some long cells.
bool hangs_together(const Region& region, double low, double centre, double high, bool real_spaces) {
  std::size_t lefts = 0, rights = 0, hanging = 0;
  for (const auto& line : region) {
    Neighbours beside;
    for (const auto* word : line.words) {
      const auto x = (word->x0 + word->x1) / 2;
      if (low < x && x < centre) beside.offer_left(word);
      if (centre < x && x < high) beside.offer_right(word);
    }
    lefts += beside.left != nullptr ? 1 : 0;
    rights += beside.right != nullptr ? 1 : 0;
    if (!beside.both()) continue;
    const bool spaced = beside.left->after == After::space || !real_spaces;
    hanging += beside.gap() <= kWidestSpace * beside.left->size && spaced ? 1 : 0;
  }
  return hanging > 0 && static_cast<double>(hanging) >= 0.8 * static_cast<double>(std::min(lefts, rights));
}

void drop_hanging(const Region& region, std::vector<Corridor>& corridors, bool real_spaces) {
  for (std::size_t i = 0; i < corridors.size();) {
    const auto low = i > 0 ? middle(corridors[i - 1]) : -kFar;
    const auto high = i + 1 < corridors.size() ? middle(corridors[i + 1]) : kFar;
    if (hangs_together(region, low, middle(corridors[i]), high, real_spaces)) {
      corridors.erase(corridors.begin() + static_cast<std::ptrdiff_t>(i));
      i = 0;  // the neighbours' columns are wider now
    } else {
      ++i;
    }
  }
}

}  // namespace

std::vector<Corridor> find_corridors(const Region& region, bool real_spaces) {
  constexpr std::size_t kMany = 5;
  const auto em = median_size(region);
  const auto allowed =
      region.size() >= kMany ? static_cast<std::size_t>(kCross * static_cast<double>(region.size())) : 0;
  const auto free = free_stretches(region, allowed);
  std::vector<Corridor> corridors;
  for (std::size_t i = 0; i < free.size(); ++i) {
    const auto before = i > 0 ? free[i - 1].second : -kFar;
    const auto after = i + 1 < free.size() ? free[i + 1].first : kFar;
    const auto part = best_part(region, free[i], before, after, real_spaces);
    if (parts_columns(region, part, free[i].second - free[i].first, em, real_spaces)) corridors.push_back(part);
  }
  drop_hanging(region, corridors, real_spaces);
  return corridors;
}

}  // namespace recast::engines::pdf2office
