#pragma once

#include <string_view>

#include "base/result.hpp"

namespace recast::chrome {

/// Chromium's word for what went wrong on the way to a website (net_error_list.h), as a sentence.
Error why_not_loaded(std::string_view problem);

}  // namespace recast::chrome
