#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "engines/pdf2office/worker/columns_of_values.hpp"
#include "engines/pdf2office/worker/groups.hpp"
#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/rulings.hpp"
#include "engines/pdf2office/worker/tables.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kCover = 0.6;              // share of a cell's side that a line has to cover
constexpr std::size_t kMostSlots = 60'000;  // of a grid; more are a pattern
constexpr std::size_t kMostTables = 500;    // of a page

/// The lines' places, and the ends of the lines across where no line stands: open sides.
std::vector<double> limits(const Rulings& lines, const Rulings& across) {
  std::vector<double> values;
  for (const auto& line : lines) values.push_back(line.at);
  auto result = clustered(std::move(values), kJoin);
  double low = across.front().from, high = across.front().to;
  for (const auto& line : across) {
    low = std::min(low, line.from);
    high = std::max(high, line.to);
  }
  if (low < result.front() - 3 * kJoin) result.insert(result.begin(), low);
  if (high > result.back() + 3 * kJoin) result.push_back(high);
  return result;
}

/// Which sides of slots have a line: for every inner limit, those lines that stand there.
class Sides {
 public:
  Sides(const std::vector<double>& limits, const Rulings& lines) : lines_(limits.size()) {
    for (std::size_t i = 0; i < limits.size(); ++i) {
      for (const auto& line : lines) {
        if (std::abs(line.at - limits[i]) <= kJoin) lines_[i].push_back(line);
      }
    }
  }
  bool covered(std::size_t limit, double from, double to) const {
    double total = 0;
    for (const auto& line : lines_[limit]) total += std::max(0.0, std::min(to, line.to) - std::max(from, line.from));
    return total >= kCover * (to - from);
  }

 private:
  std::vector<Rulings> lines_;
};

/// The slots between lines; those with no line between them are one cell if they make a rectangle.
class Slots {
 public:
  Slots(std::vector<double> xs, std::vector<double> ys)
      : xs_(std::move(xs)), ys_(std::move(ys)), columns_(xs_.size() - 1), rows_(ys_.size() - 1) {}

  bool possible() const { return columns_ >= 2 && rows_ >= 1 && columns_ * rows_ <= kMostSlots; }
  /// False if there is but one cell.
  bool make_cells(const Crossing& lines);
  /// False for what is no table: a box, a frame, a drawing.
  bool fill(const Page& page);
  Table table(int page);

 private:
  std::size_t span_cells(const std::vector<std::size_t>& group);
  static std::size_t place(const std::vector<double>& limits, double at) {
    const auto above = std::upper_bound(limits.begin() + 1, limits.end() - 1, at);
    return static_cast<std::size_t>(above - limits.begin()) - 1;
  }

  std::vector<double> xs_, ys_;
  std::size_t columns_, rows_;
  Grid grid_;
  std::vector<std::size_t> owners_;
};

/// How many cells one sees of a group of slots.
std::size_t Slots::span_cells(const std::vector<std::size_t>& group) {
  std::size_t top = rows_, bottom = 0, left = columns_, right = 0;
  for (const auto slot : group) {
    top = std::min(top, slot / columns_);
    bottom = std::max(bottom, slot / columns_);
    left = std::min(left, slot % columns_);
    right = std::max(right, slot % columns_);
  }
  if ((bottom - top + 1) * (right - left + 1) != group.size()) {
    for (const auto slot : group) owners_[slot] = slot;  // broken lines: leave the slots apart
    return group.size();
  }
  const auto owner = top * columns_ + left;
  for (const auto slot : group) {
    owners_[slot] = owner;
    grid_[slot / columns_][slot % columns_].hidden = slot != owner;
  }
  grid_[top][left].rows = static_cast<int>(bottom - top + 1);
  grid_[top][left].columns = static_cast<int>(right - left + 1);
  return 1;
}

bool Slots::make_cells(const Crossing& lines) {
  const Sides vertical(xs_, lines.vertical), horizontal(ys_, lines.horizontal);
  Groups groups(rows_ * columns_);
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t c = 0; c < columns_; ++c) {
      const auto slot = r * columns_ + c;
      if (c + 1 < columns_ && !vertical.covered(c + 1, ys_[r], ys_[r + 1])) groups.join(slot + 1, slot);
      if (r + 1 < rows_ && !horizontal.covered(r + 1, xs_[c], xs_[c + 1])) groups.join(slot + columns_, slot);
    }
  }
  grid_.assign(rows_, CellRow(columns_));
  owners_.assign(rows_ * columns_, 0);
  std::size_t visible = 0;
  for (const auto& group : groups.all()) visible += span_cells(group);
  return visible >= 2;
}

bool Slots::fill(const Page& page) {
  const Box box{xs_.front(), ys_.front(), xs_.back(), ys_.back()};
  for (const auto* word : page.words) {
    if (!is_inside(*word, box)) continue;
    const auto slot = place(ys_, (word->y0 + word->y1) / 2) * columns_ + place(xs_, (word->x0 + word->x1) / 2);
    const auto owner = owners_[slot];
    grid_[owner / columns_][owner % columns_].words.push_back(word);
  }
  std::size_t filled = 0;
  bool pair = false;
  for (const auto& row : grid_) {
    const auto own = std::ranges::count_if(row, [](const Cell& cell) { return !cell.words.empty(); });
    filled += static_cast<std::size_t>(own);
    pair = pair || own >= 2;
  }
  return filled >= 2 && pair;
}

Table Slots::table(int page) {
  Table table;
  static_cast<Box&>(table) = {xs_.front(), ys_.front(), xs_.back(), ys_.back()};
  table.page = table.last_page = page;
  table.ruled = true;
  for (std::size_t i = 1; i + 1 < xs_.size(); ++i) table.corridors.emplace_back(xs_[i], xs_[i]);
  table.rows = split_rows(std::move(grid_));
  set_texts(table.rows);
  if (table.rows.size() == rows_) table.ys = ys_;
  return table;
}

std::optional<Table> table_of(const Crossing& lines, const Page& page) {
  Slots slots(limits(lines.vertical, lines.horizontal), limits(lines.horizontal, lines.vertical));
  if (!slots.possible() || !slots.make_cells(lines) || !slots.fill(page)) return std::nullopt;
  return slots.table(page.number);
}

/// Whether the rows go on beyond the lines: those are the coloured background of some columns.
bool is_shading(const Table& table, const Page& page) {
  Words outside, own;
  for (const auto* word : page.words) {
    const auto x = (word->x0 + word->x1) / 2;
    const bool beside = x < table.x0 - 1 || x > table.x1 + 1;
    if (beside && word->base > table.y0 && word->base < table.y1) outside.push_back(word);
  }
  for (const auto& row : table.rows) {
    for (const auto& cell : row) own.insert(own.end(), cell.words.begin(), cell.words.end());
  }
  const auto rows = text_rows(std::move(own));
  const auto shared = std::ranges::count_if(rows, [&](const Words& row) {
    return std::ranges::any_of(outside, [&](const Word* word) { return std::abs(word->base - row.front()->base) < 2; });
  });
  return static_cast<double>(shared) >= 0.4 * static_cast<double>(rows.size());
}

bool contains(const Box& outer, const Box& inner) {
  return outer.x0 - 1 <= inner.x0 && inner.x1 <= outer.x1 + 1 && outer.y0 - 1 <= inner.y0 && inner.y1 <= outer.y1 + 1;
}

}  // namespace

std::vector<Table> ruled_tables(const Page& page) {
  std::vector<Table> found;
  for (const auto& lines : crossings(merged(page.segments, true), merged(page.segments, false))) {
    if (found.size() == kMostTables) break;
    if (auto table = table_of(lines, page)) found.push_back(*std::move(table));
  }
  std::ranges::stable_sort(found, std::greater<>{}, [](const Table& one) { return one.width() * one.height(); });
  std::vector<Table> kept;
  for (auto& table : found) {
    // A table inside another stays text of the outer cell.
    if (std::ranges::none_of(kept, [&](const Table& outer) { return contains(outer, table); })) {
      kept.push_back(std::move(table));
    }
  }
  std::erase_if(kept, [&](const Table& table) { return is_shading(table, page); });
  for (auto& table : kept) split_columns(table, page);
  std::ranges::stable_sort(kept,
                           [](const Table& a, const Table& b) { return std::tie(a.y0, a.x0) < std::tie(b.y0, b.x0); });
  return kept;
}

}  // namespace recast::engines::pdf2office
