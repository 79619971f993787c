#pragma once

#include <string>

#include "base/result.hpp"

namespace recast::cli {

/// A password, typed twice without being shown if standard input is a terminal, else its first line. invalid_data if
/// the two differ or there is none.
Result<std::string> read_password();

}  // namespace recast::cli
