#pragma once

#include "engine/registry.hpp"

namespace recast::engines::ghostscript {

/// The engine that clients know for making PDF smaller; register_ghostscript() adds it too.
Result<> add_pdftools(engine::Registry& registry);

}  // namespace recast::engines::ghostscript
