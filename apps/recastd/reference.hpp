#pragma once

#include <string>

#include "options.hpp"

namespace recast::server {

/// The page of all imports and exports in Markdown: each with its options, from their field tables.
Result<std::string> import_export_reference(const Options& options);

}  // namespace recast::server
