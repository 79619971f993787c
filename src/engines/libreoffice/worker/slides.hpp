#pragma once

#include "base/result.hpp"
#include "engines/libreoffice/worker/document.hpp"
#include "format/page_list.hpp"

namespace recast::libreoffice {

/// A text document with the titles and texts of the slides, as the outline view shows them. `pages` chooses slides,
/// counted without hidden ones unless `hidden` is set. conversion_failed if none is left.
Result<Document> outline_of(const Kit& kit, const Document& slides, const format::PageList& pages, bool hidden);

}  // namespace recast::libreoffice
