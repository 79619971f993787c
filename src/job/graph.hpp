#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace recast::job {

/// For each node the nodes it depends on.
using Graph = std::vector<std::vector<std::size_t>>;

/// The first node that depends on itself through others, or nullopt if there is none. Linear, without recursion: a
/// client chooses the depth.
std::optional<std::size_t> find_cycle(const Graph& graph);

}  // namespace recast::job
