#include "engines/pdf2office/worker/rulings.hpp"

#include <algorithm>
#include <numeric>

#include "engines/pdf2office/worker/groups.hpp"

namespace recast::engines::pdf2office {

namespace {

constexpr double kSnap = 2.0;  // points between pieces of one line
constexpr std::size_t kMostPairs = 4'000'000;

/// Pieces at one place, put end to end.
void add_joined(std::vector<Segment> pieces, Rulings& out) {
  std::ranges::stable_sort(pieces, {}, &Segment::from);
  double sum = 0;
  for (const auto& piece : pieces) sum += piece.at;
  const auto at = sum / static_cast<double>(pieces.size());
  bool first = true;
  for (const auto& piece : pieces) {
    if (!first && piece.from <= out.back().to + kJoin) {
      out.back().to = std::max(out.back().to, piece.to);
    } else {
      out.push_back({piece.horizontal, at, piece.from, piece.to});
    }
    first = false;
  }
}

bool touch(const Segment& horizontal, const Segment& vertical) {
  return vertical.at >= horizontal.from - kJoin && vertical.at <= horizontal.to + kJoin &&
         horizontal.at >= vertical.from - kJoin && horizontal.at <= vertical.to + kJoin;
}

}  // namespace

Rulings merged(const std::vector<Segment>& segments, bool horizontal) {
  std::vector<Segment> own;
  for (const auto& segment : segments) {
    if (segment.horizontal == horizontal) own.push_back(segment);
  }
  std::ranges::stable_sort(own, {}, &Segment::at);
  Rulings result;
  std::vector<Segment> pieces;
  for (const auto& segment : own) {
    if (!pieces.empty() && segment.at - pieces.front().at > kSnap) {
      add_joined(std::move(pieces), result);
      pieces.clear();
    }
    pieces.push_back(segment);
  }
  if (!pieces.empty()) add_joined(std::move(pieces), result);
  return result;
}

std::vector<Crossing> crossings(const Rulings& horizontal, const Rulings& vertical) {
  if (horizontal.size() * vertical.size() > kMostPairs) return {};
  Groups groups(horizontal.size() + vertical.size());
  for (std::size_t i = 0; i < horizontal.size(); ++i) {
    for (std::size_t j = 0; j < vertical.size(); ++j) {
      if (touch(horizontal[i], vertical[j])) groups.join(i, horizontal.size() + j);
    }
  }
  std::vector<Crossing> result;
  for (const auto& group : groups.all()) {
    Crossing one;
    for (const auto i : group) {
      if (i < horizontal.size()) {
        one.horizontal.push_back(horizontal[i]);
      } else {
        one.vertical.push_back(vertical[i - horizontal.size()]);
      }
    }
    if (!one.horizontal.empty() && !one.vertical.empty()) result.push_back(std::move(one));
  }
  return result;
}

std::vector<double> clustered(std::vector<double> values, double tolerance) {
  std::ranges::sort(values);
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size();) {
    auto end = i + 1;
    while (end < values.size() && values[end] - values[end - 1] <= tolerance) ++end;
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i);
    const auto sum = std::accumulate(first, values.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    means.push_back(sum / static_cast<double>(end - i));
    i = end;
  }
  return means;
}

}  // namespace recast::engines::pdf2office
