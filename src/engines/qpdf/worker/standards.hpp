#pragma once

#include <qpdf/QPDF.hh>

/// What documents need besides what Ghostscript does to become PDF/A or PDF/X.
namespace recast::engines::qpdf {

/// Before Ghostscript, which draws no field whose look a viewer would have to make up: makes it.
void show_fields(QPDF& document);

/// Before PDF/X: what is filled into forms is shown, and what the document says of itself in other words than plain
/// ASCII is left out for restore_description(), since Ghostscript would write it wrongly.
void prepare_pdf_x(QPDF& document);

/// Before PDF/A, besides: Ghostscript drops links and comments that are not marked as printable, although they are
/// visible, and title and author if any of what the document says of itself is not in plain ASCII: such words alone are
/// left out, for restore_description().
void prepare_pdf_a(QPDF& document);

/// After both: title, author, subject, keywords and program that were left out, both in the document's /Info and in its
/// XMP, which have to say the same (ISO 19005-1, 6.7.3).
void restore_description(QPDF& document, QPDF& original);

/// After PDF/X: every page says where it is to be trimmed, and transparency is blended in the press's colours.
void finish_pdf_x(QPDF& document);

}  // namespace recast::engines::qpdf
