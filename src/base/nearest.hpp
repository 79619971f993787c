#pragma once

#include <span>
#include <string>
#include <string_view>

namespace recast {

/// How many letters have to be changed, put in, left out or swapped with their neighbour to make one text of the other
/// (the optimal string alignment distance). Bytes, case counts. Takes time and memory of one text's length by the
/// other's.
std::size_t distance(std::string_view one, std::string_view other);

/// The one of `words` that was probably meant: at most a third of its letters away from `word`, the nearest, of several
/// the first. Empty if none is.
std::string_view nearest(std::string_view word, std::span<const std::string> words);

}  // namespace recast
