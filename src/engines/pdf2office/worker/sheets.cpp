#include "engines/pdf2office/worker/sheets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "engines/pdf2office/worker/rows.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kWithin = 6.0;  // points

bool continues(const Table& one, const Table& next) {
  if (one.ruled != next.ruled) return false;
  return std::ranges::equal(one.corridors, next.corridors, [](const Corridor& a, const Corridor& b) {
    return a.first - kWithin <= b.second && b.first - kWithin <= a.second;
  });
}

bool same_texts(const CellRow& one, const CellRow& other) {
  return std::ranges::equal(one, other, {}, &Cell::text, &Cell::text);
}

void append_part(Table& table, Table part) {
  const bool repeated = part.rows.size() > 1 && same_texts(part.rows.front(), table.rows.front());
  std::move(part.rows.begin() + (repeated ? 1 : 0), part.rows.end(), std::back_inserter(table.rows));
  table.last_page = part.page;
}

/// What goes to a sheet in one piece.
struct Piece {
  int page = 0;
  double y = 0;
  Grid rows;
};

class Collector {
 public:
  explicit Collector(bool all) : all_(all) {}

  void add(const Page& page) {
    auto tables = page_tables(page);
    if (all_) add_text(page, tables);
    auto rest = tables.begin();
    const bool continued = open_ && !tables.empty() && tables_[last_].last_page == page.number - 1 &&
                           continues(tables_[last_], tables.front());
    if (continued) append_part(tables_[last_], std::move(*rest++));
    for (; rest != tables.end(); ++rest) {
      tables_.push_back(std::move(*rest));
      last_ = tables_.size() - 1;
    }
    open_ = !tables.empty();
  }

  std::vector<Piece> pieces() && {
    for (auto& table : tables_) pieces_.push_back({table.page, table.y0, std::move(table.rows)});
    std::ranges::stable_sort(
        pieces_, [](const Piece& a, const Piece& b) { return std::tie(a.page, a.y) < std::tie(b.page, b.y); });
    return std::move(pieces_);
  }

 private:
  void add_text(const Page& page, const std::vector<Table>& tables) {
    Words free;
    for (const auto* word : page.words) {
      if (std::ranges::none_of(tables, [&](const Table& table) { return is_inside(*word, table); })) {
        free.push_back(word);
      }
    }
    for (auto& row : text_rows(std::move(free))) {
      Cell cell;
      cell.text = joined(row);
      const auto y = row.front()->y0;
      cell.words = std::move(row);
      pieces_.push_back({page.number, y, {{std::move(cell)}}});
    }
  }

  bool all_;
  std::vector<Table> tables_;
  std::size_t last_ = 0;
  bool open_ = false;  // whether the page before ended with a table, the last one
  std::vector<Piece> pieces_;
};

}  // namespace

std::vector<Sheet> sheets_of(const Document& document, const SheetWish& wish) {
  Collector collector(wish.all);
  for (const auto& page : document.pages) collector.add(*page);
  std::map<int, Grid> grids;
  for (auto& piece : std::move(collector).pieces()) {
    auto& grid = grids[wish.single ? 1 : piece.page];
    if (!grid.empty() && (piece.rows.size() > 1 || grid.back().size() > 1)) grid.emplace_back();
    std::ranges::move(piece.rows, std::back_inserter(grid));
  }
  std::vector<Sheet> sheets;
  for (auto& [page, rows] : grids) {
    sheets.push_back({wish.single ? "Sheet1" : fmt::format("Page {}", page), std::move(rows)});
  }
  if (sheets.empty()) sheets.push_back({"Sheet1", {}});
  return sheets;
}

}  // namespace recast::engines::pdf2office
