#pragma once

#include <optional>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageObjectHelper.hh>
#include <string>

namespace recast::engines::qpdf {

/// What is left of a page that shows nothing but pictures when these are taken away: the text that lies unseen under a
/// scan, to be searched. Nothing if the page shows text or lines of its own, or no picture.
std::optional<std::string> text_under_scan(QPDFPageObjectHelper& page);

}  // namespace recast::engines::qpdf
