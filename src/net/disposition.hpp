#pragma once

#include <string>
#include <string_view>

namespace recast::net {

/// The file name that a Content-Disposition header proposes: `filename*` (RFC 8187) before `filename`; empty if none.
/// Raw: the caller cleans it (format::clean_file_name). Always valid UTF-8.
std::string disposition_file_name(std::string_view header);

}  // namespace recast::net
