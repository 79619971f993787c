#include <algorithm>
#include <cmath>
#include <limits>

#include "engines/pdf2office/worker/corridors.hpp"
#include "engines/pdf2office/worker/markers.hpp"
#include "engines/pdf2office/worker/rows.hpp"
#include "engines/pdf2office/worker/tables.hpp"
#include "engines/pdf2office/worker/unicode.hpp"

namespace recast::engines::pdf2office {

namespace {

using Region = std::vector<Line>;

constexpr std::size_t kLoners = 2;  // rows of one chunk between rows of several
constexpr double kBreak = 4.0;      // line heights
constexpr double kProseWords = 6;
constexpr double kProseFill = 0.7;

double base_of(const Line& line) { return line.words.front()->base; }

double largest(const Words& words) {
  double size = 0;
  for (const auto* word : words) size = std::max(size, word->size);
  return size;
}

/// Runs of rows with at most a few of one chunk between them, never over a wide gap or a ruled table.
std::vector<Region> runs(std::vector<Line> lines, const std::vector<Table>& ruled) {
  std::vector<Region> result;
  Region current;
  std::size_t loners = 0;
  const Words* last = nullptr;
  for (auto& line : lines) {
    if (last != nullptr) {
      const auto before = last->front()->base, now = base_of(line);
      const bool blocked =
          std::ranges::any_of(ruled, [&](const Table& table) { return before <= table.y0 + 1 && table.y1 - 1 <= now; });
      if (blocked || now - before > kBreak * 1.2 * largest(*last)) {
        result.push_back(std::move(current));
        current.clear();
        loners = 0;
      }
    }
    loners = line.chunks.size() < 2 ? loners + 1 : 0;
    current.push_back(std::move(line));
    last = &current.back().words;
    if (loners > kLoners) {
      const auto keep = current.size() - kLoners;  // these may head the next table
      Region next(current.begin() + static_cast<std::ptrdiff_t>(keep), current.end());
      current.resize(current.size() - loners);
      result.push_back(std::move(current));
      current = std::move(next);
      last = &current.back().words;
      loners = kLoners;
    }
  }
  result.push_back(std::move(current));
  return result;
}

/// A run from its first to its last row of several chunks, and beyond where rows of one chunk start exactly where the
/// table does.
Region trimmed(const Region& run) {
  constexpr std::size_t kLongest = 8;
  constexpr double kClose = 1.7;  // em
  std::size_t first = run.size(), end = 0, several = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run[i].chunks.size() < 2) continue;
    first = std::min(first, i);
    end = i + 1;
    ++several;
  }
  if (several < 2) return {};
  double left = run[first].words.front()->x0;
  for (std::size_t i = first; i < end; ++i) {
    for (const auto* word : run[i].words) left = std::min(left, word->x0);
  }
  const auto belongs = [&](std::size_t one, std::size_t to, double pitch) {
    const auto& words = run[one].words;
    return pitch < kClose * run[to].words.front()->size && std::abs(words.front()->x0 - left) < 2 &&
           words.size() <= kLongest;
  };
  while (first > 0 && belongs(first - 1, first, base_of(run[first]) - base_of(run[first - 1]))) --first;
  while (end < run.size() && belongs(end, end, base_of(run[end]) - base_of(run[end - 1]))) ++end;
  return {run.begin() + static_cast<std::ptrdiff_t>(first), run.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::size_t column_at(const std::vector<Corridor>& corridors, double x) {
  return static_cast<std::size_t>(
      std::ranges::count_if(corridors, [&](const Corridor& one) { return x > middle(one); }));
}

/// A chunk is cut at the corridors, unless one of them cuts a word: then it spans.
void put(const Words& chunk, const std::vector<Corridor>& corridors, CellRow& row) {
  constexpr double kInside = 0.5;
  const auto box = bounds(chunk);
  const bool spans = std::ranges::any_of(corridors, [&](const Corridor& one) {
    const auto x = middle(one);
    return box.x0 < x && x < box.x1 && std::ranges::any_of(chunk, [&](const Word* word) {
             return word->x0 + kInside < x && x < word->x1 - kInside;
           });
  });
  if (!spans) {
    for (const auto* word : chunk) row[column_at(corridors, (word->x0 + word->x1) / 2)].words.push_back(word);
    return;
  }
  const auto first = column_at(corridors, box.x0 + 0.1), last = column_at(corridors, box.x1 - 0.1);
  auto& cell = row[first];
  cell.words.insert(cell.words.end(), chunk.begin(), chunk.end());
  cell.columns = std::max(cell.columns, static_cast<int>(last) - static_cast<int>(first) + 1);
}

/// A span ends before the next filled cell.
void end_spans(CellRow& row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    int free = 1;
    while (free < row[i].columns && row[i + static_cast<std::size_t>(free)].words.empty()) ++free;
    row[i].columns = free;
    for (int j = 1; j < free; ++j) row[i + static_cast<std::size_t>(j)].hidden = true;
  }
}

Grid cells_of(const Region& region, const std::vector<Corridor>& corridors) {
  Grid grid;
  for (const auto& line : region) {
    CellRow row(corridors.size() + 1);
    for (const auto& chunk : line.chunks) put(chunk, corridors, row);
    end_spans(row);
    grid.push_back(std::move(row));
  }
  return grid;
}

std::size_t filled(const CellRow& row) {
  return static_cast<std::size_t>(std::ranges::count_if(row, [](const Cell& cell) { return !cell.words.empty(); }));
}

bool is_marked_list(const Grid& grid) {
  bool any = false;
  for (const auto& row : grid) {
    if (row.front().text.empty()) continue;
    any = true;
    if (!is_list_marker(row.front().text)) return false;
  }
  return any;
}

bool has_leaders(const Region& region) {
  const auto rows = std::ranges::count_if(region, [](const Line& line) {
    return std::ranges::any_of(line.words,
                               [](const Word* word) { return word->text.find("....") != std::string::npos; });
  });
  return static_cast<std::size_t>(rows) * 2 > region.size();
}

/// What only looks like a table: bullets, numbered items, dot leaders, columns of running text.
bool looks_like_text(const Grid& grid, const Region& region, const std::vector<double>& widths) {
  if (widths.size() == 2 && is_marked_list(grid)) return true;
  if (has_leaders(region)) return true;
  double cells = 0, words = 0, fill = 0;
  for (const auto& row : grid) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].words.empty()) continue;
      ++cells;
      words += static_cast<double>(row[i].words.size());
      fill += bounds(row[i].words).width() / std::max(1.0, widths[i]);
    }
  }
  words /= cells;
  fill /= cells;
  return (widths.size() <= 3 && words > kProseWords && fill > kProseFill) || words > 2 * kProseWords;
}

/// Joins the lines of a cell: those pitched tight where the table's rows are pitched wide.
Grid with_lines_joined(Grid grid, const Region& region) {
  constexpr double kWide = 1.6, kTight = 1.26;  // em
  std::vector<double> pitches, sizes;
  for (std::size_t i = 0; i < region.size(); ++i) {
    if (i > 0) pitches.push_back(base_of(region[i]) - base_of(region[i - 1]));
    sizes.push_back(largest(region[i].words));
  }
  if (pitches.size() < 2) return grid;
  auto sorted_pitches = pitches, sorted_sizes = sizes;
  std::ranges::sort(sorted_pitches);
  std::ranges::sort(sorted_sizes);
  if (sorted_pitches[pitches.size() / 2] < kWide * sorted_sizes[sizes.size() / 2]) return grid;
  Grid out;
  for (std::size_t i = 0; i < grid.size(); ++i) {
    auto& row = grid[i];
    const bool values =
        std::ranges::any_of(row, [](const Cell& cell) { return !cell.words.empty() && is_value(cell.text); });
    if (i == 0 || values || pitches[i - 1] > kTight * sizes[i] || filled(row) >= filled(out.back())) {
      out.push_back(std::move(row));
      continue;
    }
    for (std::size_t c = 0; c < row.size(); ++c) {
      auto& above = out.back()[c].words;
      above.insert(above.end(), row[c].words.begin(), row[c].words.end());
    }
  }
  return out;
}

std::vector<double> column_widths(const Box& box, const std::vector<Corridor>& corridors) {
  std::vector<double> widths;
  auto left = box.x0;
  for (const auto& [low, high] : corridors) {
    widths.push_back(low - left);
    left = high;
  }
  widths.push_back(box.x1 - left);
  return widths;
}

Box bounds_of(const Region& region) {
  Words all;
  for (const auto& line : region) all.insert(all.end(), line.words.begin(), line.words.end());
  return bounds(all);
}

}  // namespace

std::vector<Table> white_tables(const Page& page, const std::vector<Table>& ruled) {
  Words free;
  for (const auto* word : page.words) {
    if (std::ranges::none_of(ruled, [&](const Table& table) { return is_inside(*word, table); })) free.push_back(word);
  }
  std::vector<Line> lines;
  for (auto& row : text_rows(std::move(free))) {
    auto chunks = chunks_of(row);
    lines.push_back({std::move(row), std::move(chunks)});
  }
  std::vector<Table> tables;
  for (const auto& run : runs(std::move(lines), ruled)) {
    const auto region = trimmed(run);
    if (region.empty()) continue;
    Table table;
    table.corridors = find_corridors(region, page.real_spaces);
    if (table.corridors.empty()) continue;
    static_cast<Box&>(table) = bounds_of(region);
    table.page = table.last_page = page.number;
    auto grid = cells_of(region, table.corridors);
    set_texts(grid);
    const auto tabular = std::ranges::count_if(grid, [](const CellRow& row) { return filled(row) >= 2; });
    if (tabular < 2 || looks_like_text(grid, region, column_widths(table, table.corridors))) continue;
    table.rows = with_lines_joined(std::move(grid), region);
    set_texts(table.rows);
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace recast::engines::pdf2office
