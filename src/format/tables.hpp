#pragma once

#include <span>
#include <string_view>

#include "format/format.hpp"

/// The data behind format.hpp; nobody else includes this.
namespace recast::format::tables {

struct Pair {
  std::string_view from;
  std::string_view to;
};

std::span<const Format> formats();
std::span<const Pair> aliases();  ///< other spelling -> token
std::span<const Pair> mimes();    ///< other media type -> token

}  // namespace recast::format::tables
