#include "http/router.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace recast::http {

namespace {

enum class Kind : char { literal = 'a', capture = 'b', rest = 'c' };  // in the order of preference

Kind kind_of(std::string_view segment) {
  if (!segment.starts_with('{') || !segment.ends_with('}')) return Kind::literal;
  return segment.ends_with("...}") ? Kind::rest : Kind::capture;
}

/// Segments after the leading slash; one trailing slash does not count.
std::vector<std::string_view> segments_of(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return {};
  return split(path, '/');
}

struct Fit {
  std::string rank;  ///< kinds of the segments: the smaller, the more literal
  std::vector<std::string> captures;
};

std::optional<Fit> fit(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  Fit result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto kind = kind_of(pattern[i]);
    if (i >= path.size() || (kind != Kind::literal && path[i].empty())) return std::nullopt;
    if (kind == Kind::literal && pattern[i] != path[i]) return std::nullopt;
    result.rank += static_cast<char>(kind);
    if (kind == Kind::literal) continue;
    result.captures.push_back(path[i]);
    if (kind == Kind::capture) continue;
    for (std::size_t j = i + 1; j < path.size(); ++j) result.captures.back() += '/' + path[j];
    return result;
  }
  if (pattern.size() != path.size()) return std::nullopt;
  return result;
}

std::vector<std::string> pattern_segments(std::string_view pattern) {
  const auto pieces = segments_of(pattern);
  return {pieces.begin(), pieces.end()};
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
  auto segments = pattern_segments(pattern);
  routes_.push_back({std::move(method), std::move(pattern), std::move(segments), std::move(handler), {}, {}});
}

void Router::stream(std::string method, std::string pattern, StreamHandler handler) {
  auto segments = pattern_segments(pattern);
  routes_.push_back({std::move(method), std::move(pattern), std::move(segments), {}, std::move(handler), {}});
}

void Router::websocket(std::string pattern, WebSocketHandler handler) {
  auto segments = pattern_segments(pattern);
  routes_.push_back({"GET", std::move(pattern), std::move(segments), {}, {}, std::move(handler)});
}

std::vector<std::pair<std::string, std::string>> Router::list() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& route : routes_) all.emplace_back(route.method, route.pattern);
  return all;
}

Router::Match Router::find(std::string_view method, std::string_view path, bool upgrade) const {
  Match match;
  if (!path.starts_with('/')) return match;
  std::vector<std::string> segments;
  for (const auto segment : segments_of(path)) segments.push_back(percent_decode(segment));
  const auto wanted = method == "HEAD" ? std::string_view("GET") : method;

  const Route* best = nullptr;
  Fit best_fit;
  for (const auto& route : routes_) {
    if (route.websocket && !upgrade) continue;
    auto found = fit(route.segments, segments);
    if (!found) continue;
    if (!std::ranges::count(match.allowed, route.method)) match.allowed.push_back(route.method);
    if (route.method != method && route.method != wanted) continue;
    if (best != nullptr) {
      const bool better =
          found->rank < best_fit.rank || (found->rank == best_fit.rank && route.websocket && !best->websocket);
      if (!better) continue;
    }
    best = &route;
    best_fit = *std::move(found);
  }
  if (best == nullptr) {
    if (std::ranges::count(match.allowed, "GET") && !std::ranges::count(match.allowed, "HEAD")) {
      match.allowed.emplace_back("HEAD");
    }
    return match;
  }
  match.allowed.clear();
  if (best->handler) match.handler = &best->handler;
  if (best->stream) match.stream = &best->stream;
  if (best->websocket) match.websocket = &best->websocket;
  match.pattern = best->pattern;
  match.captures = std::move(best_fit.captures);
  return match;
}

}  // namespace recast::http
