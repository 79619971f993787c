#pragma once

#include <qpdf/QPDF.hh>

/// What documents need besides what Ghostscript does to become PDF/A or PDF/X.
namespace recast::engines::qpdf {

/// Before PDF/A: Ghostscript drops links and comments that are not marked as printable, although they are visible, and
/// title and author if any of what the document says of itself is not in plain ASCII: such words alone are left out,
/// for restore_description().
void prepare_pdf_a(QPDF& document);

/// After PDF/A: title, author, subject and keywords that were left out, both in the document's /Info and in its XMP,
/// which have to say the same (ISO 19005-1, 6.7.3).
void restore_description(QPDF& document, QPDF& original);

/// After PDF/X: every page says where it is to be trimmed, and transparency is blended in the press's colours.
void finish_pdf_x(QPDF& document);

}  // namespace recast::engines::qpdf
