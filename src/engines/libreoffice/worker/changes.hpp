#pragma once

#include "engines/libreoffice/worker/document.hpp"

namespace recast::libreoffice {

/// Makes a text document the one its authors meant: what they inserted stays, what they deleted goes, also where the
/// document forbids to decide that. Merely hiding tracked changes is a matter of a window's view, which neither the PDF
/// nor the text filter asks. An Error if deleted text remains: it must not turn up where nothing marks it as such.
Result<> accept_changes(const Kit& kit, const Document& document);

}  // namespace recast::libreoffice
