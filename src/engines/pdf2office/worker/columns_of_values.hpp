#pragma once

#include "engines/pdf2office/worker/tables.hpp"

/// What ruling lines leave to the reader's eye: rows and columns without a line between them.
namespace recast::engines::pdf2office {

/// Rows that only vertical lines part, or that stand beside cells of one span: a row for each line of text, if at least
/// one column holds values. Wrapped prose side by side has common baselines, too.
Grid split_rows(Grid grid);

/// Ruled columns that hold several columns of values are cut where those stand apart.
void split_columns(Table& table, const Page& page);

}  // namespace recast::engines::pdf2office
