#include "job/graph.hpp"

namespace recast::job {

namespace {

Graph reversed(const Graph& graph) {
  Graph result(graph.size());
  for (std::size_t node = 0; node < graph.size(); ++node) {
    for (const auto target : graph[node]) result[target].push_back(node);
  }
  return result;
}

/// Takes away, again and again, nodes without a remaining edge in `out`; `in` are the same edges backwards.
void peel(const Graph& out, const Graph& in, std::vector<bool>& gone) {
  std::vector<std::size_t> left(out.size(), 0);
  std::vector<std::size_t> ends;
  for (std::size_t node = 0; node < out.size(); ++node) {
    if (gone[node]) continue;
    for (const auto target : out[node]) left[node] += gone[target] ? 0 : 1;
    if (left[node] == 0) ends.push_back(node);
  }
  while (!ends.empty()) {
    const auto node = ends.back();
    ends.pop_back();
    gone[node] = true;
    for (const auto source : in[node]) {
      if (!gone[source] && --left[source] == 0) ends.push_back(source);
    }
  }
}

}  // namespace

std::optional<std::size_t> find_cycle(const Graph& graph) {
  const auto backwards = reversed(graph);
  std::vector<bool> gone(graph.size(), false);
  peel(graph, backwards, gone);
  peel(backwards, graph, gone);  // what merely depends on a cycle is not on one
  for (std::size_t node = 0; node < gone.size(); ++node) {
    if (!gone[node]) return node;
  }
  return std::nullopt;
}

}  // namespace recast::job
