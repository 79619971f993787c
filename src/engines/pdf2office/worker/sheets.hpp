#pragma once

#include <string>
#include <vector>

#include "engines/pdf2office/worker/tables.hpp"

namespace recast::engines::pdf2office {

struct Sheet {
  std::string name;
  Grid rows;
};

struct SheetWish {
  bool single = true;  ///< all tables under each other; else a sheet for each page
  bool all = false;    ///< with the text outside of tables, a row for each line
};

/// A table that is first on its page continues the last one of the page before, if the columns agree; a heading that is
/// repeated there is dropped. Never empty.
std::vector<Sheet> sheets_of(const Document& document, const SheetWish& wish);

}  // namespace recast::engines::pdf2office
