#pragma once

#include <vector>

#include "format/page_list.hpp"

namespace recast::engines::qpdf {

/// The pages a list means in a document of `count`, from 0, in the list's order and as often as it says; an empty list
/// means all. Pages behind the end are dropped; conversion_failed on "pages" if none is left, page_limit for more than
/// 100,000.
Result<std::vector<std::size_t>> select_pages(const format::PageList& list, std::size_t count);

}  // namespace recast::engines::qpdf
