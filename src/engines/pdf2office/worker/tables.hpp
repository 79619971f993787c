#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engines/pdf2office/worker/model.hpp"

/// Tables of a page, by their ruling lines or by the white between their columns.
///
/// Ruled: collinear segments are joined, crossing ones are one grid; neighbours without a line between them are one
/// cell; words go where their middle is. White: rows of words, cut where they stand apart, in runs that look tabular;
/// a column ends where next to no row has a word.
namespace recast::engines::pdf2office {

struct Cell {
  std::string text;
  Words words;
  int rows = 1;  ///< that it spans
  int columns = 1;
  bool hidden = false;  ///< covered by the span of another
};
using CellRow = std::vector<Cell>;
using Grid = std::vector<CellRow>;

/// The white between two columns; of a ruled table both ends are the line.
using Corridor = std::pair<double, double>;
inline double middle(const Corridor& corridor) { return (corridor.first + corridor.second) / 2; }

struct Table : Box {
  int page = 0;  ///< the first
  bool ruled = false;
  std::vector<Corridor> corridors;
  Grid rows;  ///< all of the same length
  int last_page = 0;
  std::vector<double> ys;  ///< of a ruled table: the limits of its rows, if every one is a ruled row
};

/// Sorted from above. A page that is drawn rather than written has none.
std::vector<Table> page_tables(const Page& page);

std::vector<Table> ruled_tables(const Page& page);
std::vector<Table> white_tables(const Page& page, const std::vector<Table>& ruled);

/// Whether the middle of a word is in the box, give or take a point.
bool is_inside(const Word& word, const Box& box);
void set_texts(Grid& grid);
/// Whether a text is what columns of values hold: a number with its signs, a dash, "n/a".
bool is_value(std::string_view text);

}  // namespace recast::engines::pdf2office
