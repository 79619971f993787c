#pragma once

#include <qpdf/QPDF.hh>

namespace recast::engines::qpdf {

/// By the type of a field or widget, or of the fields above it.
bool is_signature(QPDFObjectHandle field);

/// Makes what visible signatures look like a part of their pages, and removes the signatures themselves, visible or
/// not. Other fields of a form stay.
void flatten_signatures(QPDF& document);

}  // namespace recast::engines::qpdf
