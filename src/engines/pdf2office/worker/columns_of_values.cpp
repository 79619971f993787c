#include "engines/pdf2office/worker/columns_of_values.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>

#include "engines/pdf2office/worker/corridors.hpp"
#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

std::string run_together(const Words& line) {
  std::string text;
  for (const auto* word : line) text += word->text;
  return text;
}

bool holds_values(const Rows& lines) {
  const auto values = std::ranges::count_if(lines, [](const Words& line) { return is_value(run_together(line)); });
  return static_cast<double>(values) >= 0.7 * static_cast<double>(lines.size());
}

std::size_t nearest(const std::vector<double>& bases, double base) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < bases.size(); ++i) {
    if (std::abs(bases[i] - base) < std::abs(bases[best] - base)) best = i;
  }
  return best;
}

/// The baselines a block of rows is to be split at.
std::optional<std::vector<double>> common_lines(std::span<const CellRow> block) {
  constexpr std::size_t kFew = 3;
  constexpr double kApart = 3;  // points
  for (const auto& row : block) {
    if (std::ranges::any_of(row, [](const Cell& cell) { return cell.columns > 1; })) return std::nullopt;
  }
  std::vector<Rows> busy;
  Rows longest;
  for (const auto& cell : block.front()) {
    if (cell.hidden || cell.rows != static_cast<int>(block.size())) continue;
    auto lines = text_rows(cell.words);
    if (lines.size() > longest.size()) longest = lines;
    if (lines.size() >= kFew) busy.push_back(std::move(lines));
  }
  if (busy.size() < 2) return std::nullopt;
  std::vector<double> bases;
  for (const auto& line : longest) bases.push_back(line.front()->base);
  std::size_t all = 0;
  for (const auto& lines : busy) {
    all += lines.size();
    for (const auto& line : lines) {
      const auto base = line.front()->base;
      if (std::abs(bases[nearest(bases, base)] - base) >= kApart) return std::nullopt;
    }
  }
  const auto possible = static_cast<double>(busy.size() * longest.size());
  if (static_cast<double>(all) < 0.5 * possible || std::ranges::none_of(busy, &holds_values)) return std::nullopt;
  return bases;
}

Grid split_at(std::span<const CellRow> block, const std::vector<double>& bases) {
  Grid out(bases.size(), CellRow(block.front().size()));
  for (const auto& row : block) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      for (const auto& line : text_rows(row[c].words)) {
        auto& words = out[nearest(bases, line.front()->base)][c].words;
        words.insert(words.end(), line.begin(), line.end());
      }
    }
  }
  return out;
}

/// Where a ruled column is to be cut; empty if it is one.
std::vector<Corridor> inner_corridors(const Table& table, std::size_t column, const Page& page) {
  constexpr double kNarrowest = 4;  // points
  constexpr std::size_t kFew = 3;
  std::vector<Line> lines;
  std::size_t several = 0, words = 0;
  for (const auto& row : table.rows) {
    const auto& cell = row[column];
    if (cell.hidden || cell.rows > 1) return {};
    if (cell.words.empty() || cell.columns > 1) continue;
    auto own = text_rows(cell.words);
    if (own.size() != 1) return {};
    words += cell.words.size();
    lines.push_back({own.front(), chunks_of(own.front())});
    several += lines.back().chunks.size() > 1 ? 1 : 0;
  }
  if (lines.size() < kFew) return {};
  auto corridors = find_corridors(lines, page.real_spaces);
  std::erase_if(corridors, [](const Corridor& one) { return one.second - one.first <= kNarrowest; });
  const auto rows = static_cast<double>(lines.size());
  const bool dense = static_cast<double>(words) / rows / static_cast<double>(corridors.size() + 1) <= 3;
  if (static_cast<double>(several) < 0.6 * rows || !dense) return {};
  return corridors;
}

void cut(CellRow& row, std::size_t column, const std::vector<Corridor>& corridors) {
  CellRow parts(corridors.size() + 1);
  for (const auto* word : row[column].words) {
    const auto x = (word->x0 + word->x1) / 2;
    const auto part = std::ranges::count_if(corridors, [&](const Corridor& one) { return x > middle(one); });
    parts[static_cast<std::size_t>(part)].words.push_back(word);
  }
  for (auto& part : parts) part.text = joined(part.words);
  for (std::size_t left = 0; left < column; ++left) {
    if (row[left].columns <= 1 || left + static_cast<std::size_t>(row[left].columns) <= column) continue;
    row[left].columns += static_cast<int>(corridors.size());
    for (auto& part : parts) part.hidden = true;
  }
  const auto at = row.erase(row.begin() + static_cast<std::ptrdiff_t>(column));
  row.insert(at, std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
}

}  // namespace

Grid split_rows(Grid grid) {
  Grid out;
  for (std::size_t r = 0; r < grid.size();) {
    int span = 1;
    for (const auto& cell : grid[r]) span = std::max(span, cell.rows);
    const auto count = std::min(static_cast<std::size_t>(span), grid.size() - r);
    const std::span block(grid.data() + r, count);
    if (const auto bases = common_lines(block)) {
      std::ranges::move(split_at(block, *bases), std::back_inserter(out));
    } else {
      std::ranges::move(block, std::back_inserter(out));
    }
    r += count;
  }
  return out;
}

void split_columns(Table& table, const Page& page) {
  for (std::size_t column = 0; column < table.rows.front().size(); ++column) {
    const auto corridors = inner_corridors(table, column, page);
    if (corridors.empty()) continue;
    for (auto& row : table.rows) cut(row, column, corridors);
    table.corridors.insert(table.corridors.begin() + static_cast<std::ptrdiff_t>(column), corridors.begin(),
                           corridors.end());
    column += corridors.size();
  }
}

}  // namespace recast::engines::pdf2office
