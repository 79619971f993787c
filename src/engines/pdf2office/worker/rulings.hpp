#pragma once

#include <vector>

#include "engines/pdf2office/worker/model.hpp"

namespace recast::engines::pdf2office {

inline constexpr double kJoin = 3.0;  ///< points between lines that touch

/// Lines of one direction.
using Rulings = std::vector<Segment>;

/// Pieces of one line put together; sorted by place.
Rulings merged(const std::vector<Segment>& segments, bool horizontal);

struct Crossing {
  Rulings horizontal;
  Rulings vertical;
};
/// Lines that touch each other, directly or by others. Empty where they are so many that they are a drawing.
std::vector<Crossing> crossings(const Rulings& horizontal, const Rulings& vertical);

/// Means of groups of values whose neighbours are within the tolerance.
std::vector<double> clustered(std::vector<double> values, double tolerance);

}  // namespace recast::engines::pdf2office
