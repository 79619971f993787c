#pragma once

#include <cstdint>
#include <optional>

namespace recast::engines::inspect {

/// How many pages a PDF or TIFF file says it has, without reading more of it than its tables; nullopt for other files,
/// for damaged ones and for a PDF that wants a password.
std::optional<std::int64_t> count_pages(int fd);

}  // namespace recast::engines::inspect
