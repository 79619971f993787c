#pragma once

#include <qpdf/QPDF.hh>

/// What documents need besides what Ghostscript does to become PDF/A or PDF/X.
namespace recast::engines::qpdf {

/// Before PDF/A: Ghostscript drops links and comments that are not marked as printable, although they are visible, and
/// title and author if any of what the document says of itself is not in plain ASCII: such words alone are left out.
void prepare_pdf_a(QPDF& document);

/// After PDF/X: every page says where it is to be trimmed, and transparency is blended in the press's colours.
void finish_pdf_x(QPDF& document);

}  // namespace recast::engines::qpdf
