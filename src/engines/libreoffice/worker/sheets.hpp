#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engines/libreoffice/worker/document.hpp"

namespace recast::libreoffice {

/// Positions (from 0, in the order of the file) of the sheets that are meant: by name, else by number from 1.
/// conversion_failed naming the one that does not exist.
Result<std::vector<int>> find_sheets(const Document& document, const std::vector<std::string>& wanted);
int count_sheets(const Document& document);
/// Hides all other sheets, so that they are not printed.
Result<> show_only(const Document& document, const std::vector<int>& sheets);
/// One sheet as text with `separator`, as it is shown. `folder` is empty and writable.
Result<std::vector<char>> sheet_as_text(const Document& document, int sheet, char separator, const fs::path& folder);

}  // namespace recast::libreoffice
