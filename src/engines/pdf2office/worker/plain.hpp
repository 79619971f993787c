#pragma once

#include <string>

#include "engines/pdf2office/worker/flow.hpp"

namespace recast::engines::pdf2office {

/// Markdown as GitHub has it, with pipe tables. Words on figures stay as text; pictures are left out.
std::string markdown_of(const Flow& flow);
/// Text in reading order, a form feed after each page, cells parted by tabulators.
std::string text_of(const Flow& flow);

}  // namespace recast::engines::pdf2office
