#pragma once

#include <string_view>

#include "engines/pdf2office/worker/model.hpp"

namespace recast::engines::pdf2office {

/// "ABCDEF+TimesNewRomanPS-BoldItalicMT" is Times New Roman, bold and italic.
Face face_of(std::string_view name);

}  // namespace recast::engines::pdf2office
